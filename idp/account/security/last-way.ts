// Whether an account could still be signed in to without one of the things that it holds.
import type { CitizenId } from '../../citizens/citizens.ts';
import type { Factor } from '../../factors/factors.ts';
import type { Locale } from '../../platform/i18n/messages.ts';

/** True when no other thing is left that begins a sign-in. */
export async function isLastWay(
  factors: readonly Factor[],
  citizenId: CitizenId,
  removed: { readonly factor: Factor; readonly locale: Locale; readonly now: Date },
): Promise<boolean> {
  const begins = factors.filter(({ first }) => first);
  if (!begins.includes(removed.factor)) return false;
  const left = await Promise.all(
    begins.map(async (factor) =>
      factor === removed.factor
        ? ((await factor.account?.list(citizenId, removed.locale, removed.now)) ?? []).length - 1
        : (await factor.brings(citizenId)).length,
    ),
  );
  return left.every((count) => count <= 0);
}
