// What people in posts are called, for those who may see who holds them.
import type { CitizenId } from '../../citizens/citizens.ts';
import { Fault } from '../../platform/base/errors.ts';
import type { AdminParts } from '../frame/frame.tsx';

/** Verified names by account; an account that is closed, or lost its name, is left out. */
export async function namesOf(
  { citizens }: Pick<AdminParts, 'citizens'>,
  citizenIds: readonly (string | undefined)[],
): Promise<ReadonlyMap<string, string>> {
  const known = [...new Set(citizenIds.filter((id) => id !== undefined))];
  const names = await Promise.all(
    known.map(async (id) => [id, await nameOf(citizens, id as CitizenId)] as const),
  );
  return new Map(names.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}

async function nameOf(citizens: AdminParts['citizens'], id: CitizenId): Promise<string | undefined> {
  try {
    return (await citizens.attributes(id)).name?.reveal();
  } catch (error) {
    if (error instanceof Fault && error.code === 'not_found') return undefined;
    throw error;
  }
}
