// How the stand-ins behave just now. Held in memory: a restart makes everything normal again.

export const STAND_INS = [
  'population-register',
  'mobile-operator',
  'sms-carrier',
  'bank-card',
  'face',
  'network-identity',
] as const;
export type StandIn = (typeof STAND_INS)[number];

// normal; slow: answers after the configured time; down: cuts the connection; error: answers 500; wrong: says no to
// everything; half: leaves out half of the answer; bad_signature: signs with a wrong key.
// lost: takes a message and delivers nothing; twice: delivers it two times. These two are the carrier's alone.
const COMMON = ['normal', 'slow', 'down', 'error', 'wrong', 'half', 'bad_signature'] as const;
const CARRIER = ['lost', 'twice'] as const;
export type Behaviour = (typeof COMMON | typeof CARRIER)[number];

export const behavioursOf = (standIn: StandIn): readonly Behaviour[] =>
  standIn === 'sms-carrier' ? [...COMMON, ...CARRIER] : COMMON;

export interface Behaviours {
  of(standIn: StandIn): Behaviour;
  set(standIn: StandIn, behaviour: Behaviour): void;
  all(): Readonly<Record<StandIn, Behaviour>>;
}

export const isStandIn = (text: unknown): text is StandIn => STAND_INS.some((known) => known === text);
export const isBehaviour = (standIn: StandIn, text: unknown): text is Behaviour =>
  behavioursOf(standIn).some((known) => known === text);

export function createBehaviours(): Behaviours {
  const now = new Map<StandIn, Behaviour>();
  const of = (standIn: StandIn): Behaviour => now.get(standIn) ?? 'normal';
  return {
    of,
    set: (standIn, behaviour) => void now.set(standIn, behaviour),
    all: () => Object.fromEntries(STAND_INS.map((id) => [id, of(id)])) as Record<StandIn, Behaviour>,
  };
}
