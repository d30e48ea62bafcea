// Posts for some of the personas, so that a request can be walked through from the draft to the last decision.
import { parsePhone, type Citizens } from '../citizens/citizens.ts';
import { Fault } from '../platform/base/errors.ts';
import type { Actor, Operators, Role, Tree, Units } from '../registry/registry.ts';
import { PERSONAS } from './personas.ts';

export interface PostParts {
  readonly citizens: Pick<Citizens, 'findByPhone'>;
  readonly units: Pick<Units, 'find'>;
  readonly tree: Pick<Tree, 'add'>;
  readonly operators: Pick<Operators, 'ofCitizen' | 'invite' | 'accept'>;
}

const SEEDING: Actor = {
  name: 'system',
  operatorId: undefined,
  kind: 'machine',
  posts: [],
  fresh: false,
};

const CITY = '330100';
const DEMO = { code: 'demo', name: { 'zh-CN': '示例单位', en: 'Demo office' } };

/** Persona -> posts. The same unit, its city, its province, the nation. */
const POSTS: Readonly<Record<string, readonly (readonly [unitId: string, role: Role])[]>> = {
  verified: [[`${CITY}-${DEMO.code}`, 'owner']],
  'verified-two': [
    [CITY, 'reviewer'],
    [CITY, 'support'],
  ],
  'provincial-approver': [['330000', 'approver']],
  'national-administrator': [['cn', 'national_administrator']],
};

/** Where the divisions are not in the tree (most tests), there is nothing to hold a post in. */
export async function seedPosts(parts: PostParts): Promise<void> {
  const { units, tree, operators, citizens } = parts;
  if (!(await units.find(CITY))) return;
  if (!(await units.find(`${CITY}-${DEMO.code}`)))
    await unlessDone(tree.add(SEEDING, { parentId: CITY, ...DEMO }));
  for (const persona of PERSONAS) {
    const phone = parsePhone(persona.phone);
    const citizenId = phone && (await citizens.findByPhone(phone));
    if (citizenId === undefined) continue;
    const held = (await operators.ofCitizen(citizenId))?.posts ?? [];
    for (const [unitId, role] of POSTS[persona.id] ?? []) {
      if (held.some((post) => post.unitId === unitId && post.role === role)) continue;
      const { token } = await operators.invite(SEEDING, { unitId, role });
      await unlessDone(operators.accept(token.reveal(), citizenId, ''));
    }
  }
}

/** Another node that starts in the same second has done it. */
async function unlessDone(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof Fault && error.code === 'conflict')) throw error;
  });
}
