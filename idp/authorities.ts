// Who is asked about a person's name: every authority that is on, in the order in which citizens are offered them.
import type { Clock } from './platform/base/clock.ts';
import { createBankCard } from './proofing/authorities/bank-card/bank-card.ts';
import { createFace } from './proofing/authorities/face/face.ts';
import { createMobileOperator } from './proofing/authorities/mobile-operator/mobile-operator.ts';
import { createNetworkIdentity } from './proofing/authorities/network-identity/network-identity.ts';
import { createPopulationRegister } from './proofing/authorities/population-register/population-register.ts';
import type { Authority } from './proofing/proofing.ts';
import type { Settings } from './settings.ts';

interface AuthorityParts {
  readonly settings: Settings;
  readonly clock: Clock;
}

/** `counter`: that of the counters, where there are any. */
export function listAuthorities(
  { settings, clock }: AuthorityParts,
  counter: Authority | undefined,
): readonly Authority[] {
  return [
    createPopulationRegister({ settings: settings.populationRegister, clock }),
    createMobileOperator({ settings: settings.mobileOperator, clock }),
    ...(settings.bankCard.enabled ? [createBankCard({ settings: settings.bankCard, clock })] : []),
    ...(settings.face.enabled ? [createFace({ settings: settings.face, clock })] : []),
    ...(settings.networkIdentity.enabled
      ? [createNetworkIdentity({ settings: settings.networkIdentity, clock })]
      : []),
    ...(counter ? [counter] : []),
  ];
}
