import { auditFixture, entered, type AuditFixture } from './fixture.ts';

/** Three sealed batches of four events, oldest first. */
async function sealedAudit(): Promise<AuditFixture & { ids: readonly string[]; head: string }> {
  const fixture = await auditFixture();
  for (let batch = 0; batch < 3; batch += 1) {
    for (let place = 0; place < 4; place += 1) {
      fixture.clock.forward(1);
      fixture.audit.note(entered(`service-${batch}-${place}`));
    }
    await fixture.audit.flush();
    await fixture.audit.seal();
  }
  const rows = await fixture.tamper('select id from audit.event order by at, id');
  const { head, sound } = await fixture.audit.verify();
  expect(sound).toBe(true);
  return { ...fixture, ids: rows.rows.map((row: { id: string }) => row.id), head };
}

let fixture: Awaited<ReturnType<typeof sealedAudit>>;
beforeEach(async () => {
  fixture = await sealedAudit();
});
afterEach(() => fixture.close());

const faults = async (head?: string): Promise<readonly string[]> => {
  const verdict = await fixture.audit.verify(head);
  expect(verdict.sound).toBe(verdict.faults.length === 0);
  return verdict.faults;
};

describe('a superuser is found out who', () => {
  test.each([
    ['data', `data = '{"acr":"urn:tongxing:acr:l4","interactive":false}'`],
    ['actor', `actor = 'operator:nobody'`],
    ['citizen', `citizen_id = '0198a000-0000-7000-8000-00000000ffff'`],
    ['service', `client_id = null`],
    ['type', `type = 'signin.failed'`],
    ['time, within the partition', `at = at + interval '1 microsecond'`],
    ['time, into another day', `at = at - interval '400 days'`],
    ['seal', `mac = sha256(mac)`],
    ['key', `key_id = 'none'`],
  ])('edits the %s of an event', async (_what, change) => {
    await fixture.tamper(`update audit.event set ${change} where id = $1`, [fixture.ids[5]]);
    expect(await faults()).toEqual([`batch 2, event ${fixture.ids[5]}: edited`]);
  });

  test('deletes an event', async () => {
    await fixture.tamper('delete from audit.event where id = $1', [fixture.ids[5]]);
    expect(await faults()).toEqual([`batch 2, event ${fixture.ids[5]}: removed`]);
  });

  test('deletes an event and its place in the batch', async () => {
    await fixture.tamper('delete from audit.event where id = $1', [fixture.ids[5]]);
    await fixture.tamper(
      `update audit.batch set event_ids = array_remove(event_ids, $1::uuid),
         event_ats = event_ats[1:1] || event_ats[3:4] where number = 2`,
      [fixture.ids[5]],
    );
    expect(await faults()).toEqual(['batch 2: edited, its digest or seal does not fit']);
  });

  test('inserts an event', async () => {
    await fixture.tamper(
      `insert into audit.event select gen_random_uuid(), at, type, citizen_id, client_id, actor, reference, data,
         key_id, mac from audit.event where id = $1`,
      [fixture.ids[5]],
    );
    expect(await faults()).toEqual([
      expect.stringMatching(/^event [0-9a-f-]{36}: inserted, it stands in no batch$/),
    ]);
  });

  test('copies a genuine event to another instant', async () => {
    await fixture.tamper(
      `insert into audit.event select id, at + interval '1 second', type, citizen_id, client_id, actor, reference,
         data, key_id, mac from audit.event where id = $1`,
      [fixture.ids[5]],
    );
    expect(await faults()).toEqual([`event ${fixture.ids[5]}: inserted, it stands in no batch`]);
  });

  test('inserts an event and has it sealed', async () => {
    const forged = await fixture.tamper(
      `insert into audit.event select gen_random_uuid(), now(), type, citizen_id, client_id, actor, reference, data,
         key_id, mac from audit.event where id = $1 returning id, at`,
      [fixture.ids[5]],
    );
    const { id } = forged.rows[0] as { id: string };
    await fixture.tamper('insert into audit.unsealed select at, id from audit.event where id = $1', [id]);
    expect(await faults()).toEqual([`event ${id}: inserted or edited before it was sealed`]);
    await fixture.audit.seal();
    expect(await faults()).toEqual([`batch 4, event ${id}: inserted or edited before it was sealed`]);
  });

  test('swaps the contents of two events, seals included', async () => {
    const [one, other] = [fixture.ids[4], fixture.ids[5]];
    await fixture.tamper(
      `update audit.event mine set client_id = yours.client_id, mac = yours.mac from audit.event yours
       where (mine.id = $1 and yours.id = $2) or (mine.id = $2 and yours.id = $1)`,
      [one, other],
    );
    expect(await faults()).toEqual([`batch 2, event ${one}: edited`, `batch 2, event ${other}: edited`]);
  });

  test('swaps two events of a batch', async () => {
    await fixture.tamper(
      `update audit.batch set event_ids = event_ids[2:2] || event_ids[1:1] || event_ids[3:4],
         event_ats = event_ats[2:2] || event_ats[1:1] || event_ats[3:4] where number = 2`,
    );
    expect(await faults()).toEqual(['batch 2: reordered']);
  });

  test('lets a batch name other instants', async () => {
    await fixture.tamper(
      `update audit.batch set event_ats = event_ats[1:3] || array[event_ats[3]] where number = 2`,
    );
    expect(await faults()).toEqual(['batch 2: edited, its list of events']);
  });

  test.each([
    ['root', 'root = sha256(root)'],
    ['seal', 'mac = sha256(mac)'],
    ['instant', `sealed_at = sealed_at - interval '1 day'`],
  ])('edits the %s of a batch', async (_what, change) => {
    await fixture.tamper(`update audit.batch set ${change} where number = 2`);
    expect(await faults()).toContain('batch 2: edited, its digest or seal does not fit');
  });

  test('replaces a digest, which breaks the chain behind it', async () => {
    await fixture.tamper('update audit.batch set digest = sha256(digest) where number = 2');
    expect(await faults()).toEqual([
      'batch 2: edited, its digest or seal does not fit',
      'batch 3: broken chain, it does not follow the batch before it',
    ]);
  });

  test('deletes a batch from the middle, with its events', async () => {
    await fixture.tamper('delete from audit.event where id = any($1)', [fixture.ids.slice(4, 8)]);
    await fixture.tamper('delete from audit.batch where number = 2');
    expect(await faults()).toEqual([
      'batch 2: removed',
      'batch 3: broken chain, it does not follow the batch before it',
    ]);
  });

  test('swaps the numbers of two batches', async () => {
    await fixture.tamper(
      'update audit.batch set number = number + 100; update audit.batch set number = 105 - number where number in (102, 103); update audit.batch set number = 1 where number = 101',
    );
    expect(await faults()).toContain('batch 2: broken chain, it does not follow the batch before it');
  });

  test('deletes the first batch with its events', async () => {
    await fixture.tamper('delete from audit.event where id = any($1)', [fixture.ids.slice(0, 4)]);
    await fixture.tamper('delete from audit.batch where number = 1');
    expect(await faults()).toContain('batch 1: removed');
  });

  test('cuts off the tail, when the head was kept elsewhere', async () => {
    const earlier = fixture.head;
    await fixture.tamper('delete from audit.event where id = any($1)', [fixture.ids.slice(8)]);
    await fixture.tamper('delete from audit.batch where number = 3');
    expect(await faults()).toEqual([]);
    expect(await faults(earlier)).toEqual([
      `head ${earlier}: removed, it stands nowhere in the chain (the tail was cut off)`,
    ]);
  });

  test('empties everything, when the head was kept elsewhere', async () => {
    await fixture.tamper('truncate audit.event, audit.batch, audit.unsealed');
    expect(await faults(fixture.head)).toHaveLength(1);
  });

  test('removes a batch and has its events sealed again', async () => {
    await fixture.tamper('insert into audit.unsealed select at, id from audit.event where id = any($1)', [
      fixture.ids.slice(8),
    ]);
    await fixture.tamper('delete from audit.batch where number = 3');
    fixture.clock.forward(1);
    expect(await fixture.audit.seal()).toBe(4);
    expect(await faults(fixture.head)).toHaveLength(1);
  });

  test('has a sealed event sealed a second time', async () => {
    await fixture.tamper('insert into audit.unsealed select at, id from audit.event where id = $1', [
      fixture.ids[5],
    ]);
    const expected = [`event ${fixture.ids[5]}: inserted a second time into what is sealed`];
    expect(await faults()).toEqual(expected);
    await fixture.audit.seal();
    expect(await faults()).toEqual(expected);
  });

  test('makes an event vanish from the queue of the sealer, or from behind it', async () => {
    fixture.audit.note(entered('late-1'));
    fixture.audit.note(entered('late-2'));
    await fixture.audit.flush();
    const late = await fixture.tamper('select event_id as id from audit.unsealed order by at, event_id');
    const [first, second] = late.rows.map((row: { id: string }) => row.id);
    await fixture.tamper('delete from audit.unsealed where event_id = $1', [first]);
    await fixture.tamper('delete from audit.event where id = $1', [second]);
    expect(await faults()).toEqual([
      `event ${second}: removed before it was sealed`,
      `event ${first}: inserted, it stands in no batch`,
    ]);
    // A gap in the queue does not stop the sealing of others.
    fixture.audit.note(entered('later'));
    await fixture.audit.flush();
    expect(await fixture.audit.seal()).toBe(1);
  });
});

test('who is not bound to go round the triggers cannot change the audit at all', async () => {
  await fixture.tamper('set session_replication_role = origin');
  for (const table of ['event', 'batch'])
    for (const act of [
      `delete from audit.${table}`,
      `update audit.${table} set key_id = ''`,
      `truncate audit.${table}`,
    ])
      await expect(fixture.tamper(act)).rejects.toThrow(`${table} is append-only`);
});

test('a head stays good while the chain grows, and old events hold after a rotation of the key', async () => {
  await fixture.database.postgres.tx((tx) => fixture.keyring.rotate('audit', tx));
  fixture.audit.note(entered('after'));
  await fixture.audit.flush();
  expect(await faults(fixture.head)).toEqual([]);
  await fixture.audit.seal();
  expect(await fixture.audit.verify(fixture.head.toUpperCase())).toMatchObject({
    sound: true,
    events: 13,
    batches: 4,
    unsealed: 0,
  });
});
