// Carriers over real servers and stores, as the composition root builds them, with short waits.
import { systemClock, type Clock } from '../../../idp/platform/base/clock.ts';
import type { Keyring } from '../../../idp/platform/crypto/keyring.ts';
import { createDoubts } from '../../../idp/platform/notify/doubts.ts';
import {
  createNotify,
  type DeliveryCounter,
  type Notify,
  type SmsCarrier,
} from '../../../idp/platform/notify/notify.ts';
import { notifySettings, type CarrierSettings } from '../../../idp/platform/notify/settings.ts';
import { createHttpCarrier, type HttpCarrierParts } from '../../../idp/platform/notify/sms/http-carrier.ts';
import { createSwitch } from '../../../idp/platform/notify/switch.ts';
import type { Ephemeral } from '../../../idp/platform/store/ephemeral.ts';
import type { Postgres } from '../../../idp/platform/store/postgres.ts';
import type { Log } from '../../../idp/platform/telemetry/log.ts';
import { SHARED_SECRET } from './carrier-server.ts';

/** One entry of notify.carriers, as the settings would read it. */
export function carrierSettings(entry: Readonly<Record<string, unknown>>): CarrierSettings {
  const [carrier] = notifySettings.parse({ enabled: true, keepDays: 30, carriers: [entry] }).carriers;
  if (!carrier) throw new Error('no carrier');
  return carrier;
}

/** `parts`: of the driver, beside its settings. */
export const carrierAt = (
  url: string,
  changes: Readonly<Record<string, unknown>> = {},
  parts: Partial<HttpCarrierParts> = {},
): SmsCarrier =>
  createHttpCarrier({
    ...parts,
    settings: carrierSettings({
      id: 'test',
      url,
      keyId: 'k1',
      secret: SHARED_SECRET,
      timeoutMs: 1000,
      breakerFailures: 50,
      ...changes,
    }),
    clock: systemClock,
  });

export interface Stores {
  readonly postgres: Postgres;
  readonly ephemeral: Ephemeral;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly log: Log;
}

export const notifyOver = (
  stores: Stores,
  carriers: readonly SmsCarrier[],
  metrics?: DeliveryCounter,
): Notify =>
  createNotify({
    ...stores,
    carriers,
    doubts: createDoubts(stores),
    switch: createSwitch({ ...stores, enabled: true }),
    ...(metrics ? { metrics } : {}),
  });
