// The ways to show who one is, built once for app.ts: devices and factors.
import path from 'node:path';
import type { Ground } from './app.ts';
import { createDevices, type Devices, type DevicesParts } from './devices/devices.ts';
import { createFactors } from './factors/factors.ts';
import { createPasswordFactor, type PasswordParts } from './factors/password/password.ts';
import { createQr, sameCity } from './factors/qr/qr.ts';
import { createRecoveryCodeFactor } from './factors/recovery-code/recovery-code.ts';
import { createSmsFactor, type SmsParts } from './factors/sms/sms.ts';
import { createWebauthnFactor } from './factors/webauthn/webauthn.ts';
import { createChallenges } from './platform/challenge/challenge.tsx';
import { createSimHistory } from './proofing/authorities/mobile-operator/sim-history.ts';
import { PROJECT } from './settings.ts';

export function openDevices(parts: Ground & Pick<DevicesParts, 'audit' | 'citizens' | 'notify'>): Devices {
  const { devices: own, sms, mobileOperator } = parts.settings;
  return createDevices({
    ...parts,
    signature: sms.signature,
    placesFile: own.places && path.resolve(PROJECT, own.places),
    askOperator: createSimHistory({ settings: mobileOperator, clock: parts.clock, waitMs: own.simWaitMs }),
    settings: own,
  });
}

/** The ways to show who one is, in the order of their tabs. */
export function openFactors(
  parts: Ground &
    Pick<SmsParts, 'audit' | 'citizens' | 'notify'> &
    Pick<PasswordParts, 'parseDocument'> & { readonly devices: Devices },
) {
  const { settings, devices, issuer } = parts;
  const challenges = createChallenges({ ...parts, settings: settings.challenge });
  const common = { ...parts, challenges, knownDevice: devices };
  const password = createPasswordFactor({ ...common, settings: settings.password });
  const sms = createSmsFactor({ ...common, host: issuer.host, settings: settings.sms });
  const placeOf = (address: string) => devices.placeOf(address)?.name;
  const mayUse = sameCity((address) => devices.placeOf(address)?.code);
  const qr = createQr({ ...common, placeOf, mayUse, settings: settings.qr });
  const passkeys = createWebauthnFactor({ ...common, settings: settings.webauthn });
  const recoveryCode = createRecoveryCodeFactor(common);
  return {
    password,
    sms,
    qr,
    passkeys,
    factors: createFactors([password, sms, qr.factor, passkeys, recoveryCode]),
  };
}
