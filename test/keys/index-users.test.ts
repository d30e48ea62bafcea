// Who else uses the index key, through a rotation: locks stand, counters start afresh, values that services named are
// still compared. And the step from the time when that key could not rotate.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CitizenId } from '../../idp/citizens/citizens.ts';
import { isOneOf } from '../../idp/oidc/ida/claims-parameter.ts';
import { addSeconds } from '../../idp/platform/base/clock.ts';
import { createLimits, type Limits } from '../../idp/platform/limits/limits.ts';
import { createPostgresEphemeral } from '../../idp/platform/store/ephemeral-postgres.ts';
import { countProbes } from '../../idp/proofing/store.ts';
import { PROJECT } from '../../idp/settings.ts';
import { keysFixture, newPhone, type KeysFixture, type Node } from './fixture.ts';

let fixture: KeysFixture;
let node: Node;
let deaf: Node;
beforeEach(async () => {
  fixture = await keysFixture(10);
  node = await fixture.node();
  deaf = await fixture.node({ deaf: true });
});
afterEach(() => fixture.close());

describe('locks', () => {
  const PHONE = '+8613800135678';
  const limitsOf = ({ keyring, parts: { postgres, clock } }: Node): Limits =>
    createLimits({ ephemeral: createPostgresEphemeral(postgres), postgres, keyring, clock });
  const until = (seconds: number): Date => addSeconds(fixture.clock.now(), seconds);

  test('stand through rotations, on every node, whoever set them and under whichever key', async () => {
    const [here, there] = [limitsOf(node), limitsOf(deaf)];
    const ends = [until(900), until(1_800), until(2_700)] as const;
    await here.lock('password', PHONE, ends[0]);
    await fixture.rotate('index', node);
    for (const limits of [here, there])
      expect(await limits.standing('password', PHONE)).toEqual({ until: ends[0] });
    await here.lock('password', PHONE, ends[1]);
    expect(await there.standing('password', PHONE)).toEqual({ until: ends[1] });
    await there.lock('sms', PHONE, ends[2]);
    expect(await here.standing('sms', PHONE)).toEqual({ until: ends[2] });
    await fixture.rotate('index', node);
    expect(await here.standing('password', PHONE)).toEqual({ until: ends[1] });
    expect(await here.standing('sms', PHONE)).toEqual({ until: ends[2] });
    expect(await here.standing('sms', 'somebody else')).toBeUndefined();
  });

  test('an earlier end under a newer key does not shorten one under an older key', async () => {
    const limits = limitsOf(node);
    const long = until(900);
    await limits.lock('password', PHONE, long);
    await fixture.rotate('index', node);
    await limits.lock('password', PHONE, until(60));
    expect(await limits.standing('password', PHONE)).toEqual({ until: long });
  });

  test('keep their key until they end; one whose key nobody noted keeps every key', async () => {
    const limits = limitsOf(node);
    const old = node.keyring.active('index').id;
    await limits.lock('password', PHONE, until(900));
    const key = await fixture.rotate('index', node);
    expect([await limits.lockedUnder(old), await limits.lockedUnder(key.id)]).toEqual([1, 0]);
    await fixture.sql('update limits.lockout set key_id = null');
    expect([await limits.lockedUnder(old), await limits.lockedUnder(key.id)]).toEqual([1, 1]);
    fixture.clock.forward(901);
    expect([await limits.lockedUnder(old), await limits.lockedUnder(key.id)]).toEqual([0, 0]);
  });

  test('are in the way of the end of their key', async () => {
    const limits = limitsOf(node);
    const old = node.keyring.active('index').id;
    await limits.lock('password', PHONE, until(9_000));
    await fixture.rotate('index', node);
    fixture.clock.forward(3_601);
    const { code, out } = await node.command('keys prune');
    expect([code, out]).toEqual([1, `index ${old} stays, still needed by 1 standing locks`]);
    expect(await limits.standing('password', PHONE)).toBeDefined();
    fixture.clock.forward(9_000);
    expect((await node.command('keys prune')).out).toBe(`index ${old} removed`);
  });

  test('counters start afresh once, and count on', async () => {
    const limits = limitsOf(node);
    const limit = limits.declare({
      name: 'rotated',
      burst: 2,
      periodSeconds: 3_600,
      per: 'phone',
      why: 'for this test',
    });
    const spend = async (): Promise<number> => (await limits.trySpend(limit, PHONE)).remaining;
    expect([await spend(), await spend(), await spend()]).toEqual([1, 0, -1]);
    await fixture.rotate('index', node);
    expect([await spend(), await spend(), await spend()]).toEqual([1, 0, -1]);
  });
});

describe('values that a service named in a request', () => {
  const named = (at: Node, value: string): { $one_of: string[] } => {
    const digest = at.index.digest('oidc.claims.name', JSON.stringify(value));
    return { $one_of: [`salt.${createHmac('sha256', 'salt').update(digest).digest('base64url')}`] };
  };

  test('are compared after a rotation, on a node that has heard and on one that has not', async () => {
    const before = named(node, '张三');
    await fixture.rotate('index', node);
    const after = named(node, '张三');
    expect(after).not.toEqual(before);
    for (const { index } of [node, deaf])
      for (const condition of [before, after]) {
        expect(isOneOf(index, 'name', '张三', condition)).toBe(true);
        expect(isOneOf(index, 'name', '李四', condition)).toBe(false);
        expect(isOneOf(index, 'given_name', '张三', condition)).toBe(false);
      }
  });
});

describe('claims that failed with one number', () => {
  test('are counted by account, before and after a rotation together', async () => {
    const digests = (): readonly Buffer[] => node.index.digests('probe', 'x').map(({ digest }) => digest);
    const failed = (who: number): Promise<unknown> =>
      fixture.sql('insert into proofing.probe (digest, citizen_id, at) values ($1, $2, now())', [
        node.index.digest('probe', 'x'),
        `0198a000-0000-7000-8000-00000000000${who}`,
      ]);
    const count = (): Promise<number> =>
      countProbes(
        fixture.postgres,
        digests(),
        '0198a000-0000-7000-8000-000000000001' as CitizenId,
        addSeconds(new Date(), -60),
      );
    for (const who of [1, 2, 3]) await failed(who);
    expect(await count()).toBe(2);
    await fixture.rotate('index', node);
    for (const who of [1, 3, 4]) await failed(who);
    expect(await count()).toBe(3);
  });
});

describe('an upgrade from a version whose index key could not rotate', () => {
  const migrate = async (name: string): Promise<void> =>
    void (await fixture.sql(readFileSync(path.join(PROJECT, 'migrations', name), 'utf8')));

  test('keeps every lookup and every lock, and the key rotates from then on', async () => {
    await fixture.sql(`
      drop table citizens.lookup_ring;
      alter table citizens.lookup drop column key_id;
      alter table citizens.likeness drop column key_id;
      alter table limits.lockout drop column key_id;
      delete from platform.key where purpose = 'index' and state = 'next'`);
    const phone = newPhone();
    const id = '0198a000-0000-7000-8000-000000000001';
    await fixture.sql(
      `insert into citizens.citizen (id, status, phone_sealed, ial, sessions_not_before, created_at, version)
       values ($1, 'active', $2, 0, now(), now(), 1)`,
      [id, node.sealer.seal(phone, 'citizens.citizen.phone', id)],
    );
    await fixture.sql(`insert into citizens.lookup (space, digest, citizen_id) values ('phone', $1, $2)`, [
      node.index.digest('phone', phone),
      id,
    ]);
    await migrate('0052_citizens_lookup_keys.sql');
    await migrate('0053_limits_lockout_key.sql');
    // The first node of the new version makes the next key that was never needed until now.
    const upgraded = await fixture.node();
    const old = upgraded.keyring.active('index').id;
    expect(await fixture.sql('select key_id from citizens.lookup')).toEqual([{ key_id: old }]);
    expect(await upgraded.citizens.findByPhone(phone)).toBe(id);
    expect(await upgraded.register(phone)).toEqual({ is: 'phone_taken' });
    const waiting = await upgraded.command('keys rotate index');
    expect([waiting.code, waiting.err]).toEqual([
      0,
      expect.stringMatching(/^waiting 1\d\d s until every node/),
    ]);
    await upgraded.command('keys reindex');
    expect(await upgraded.citizens.findByPhone(phone)).toBe(id);
    expect(await upgraded.register(phone)).toEqual({ is: 'phone_taken' });
    const [kept] = await fixture.sql<{ key_id: string }>('select key_id from citizens.lookup');
    expect(kept?.key_id).not.toBe(old);
  });

  test('a node of that version is refused, not let past the keys that count', async () => {
    await expect(
      fixture.sql(`insert into citizens.lookup (space, digest, citizen_id) values ('phone', $1, $2)`, [
        node.index.digest('phone', newPhone()),
        '0198a000-0000-7000-8000-000000000001',
      ]),
    ).rejects.toThrow('key_id');
  });
});
