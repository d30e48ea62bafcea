// Everything that sends messages, from the settings: carriers, their record, their receipts, the switch.
import type { Clock } from '../base/clock.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Feature } from '../http/feature.ts';
import { createOutbound } from '../http/outbound.ts';
import type { Ephemeral } from '../store/ephemeral.ts';
import type { Postgres } from '../store/postgres.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createDoubts } from './doubts.ts';
import { createNotify, type Notify } from './notify.ts';
import { receiptRoutes } from './receipts.ts';
import type { NotifySettings } from './settings.ts';
import { createHttpCarrier, presetOf } from './sms/http-carrier.ts';
import { deleteSentBefore } from './store.ts';
import { createSwitch } from './switch.ts';

export interface OpenNotifyParts {
  readonly settings: NotifySettings;
  /** `host` or `host:port` that may be reached although private. */
  readonly allowHosts: readonly string[];
  readonly postgres: Postgres;
  readonly ephemeral: Ephemeral;
  readonly keyring: Keyring;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

const DAY_MS = 86_400_000;
const LONGEST_ANSWER_BYTES = 65_536;

/** The feature's routes take receipts, its job forgets old messages; closing it waits for what is being sent. */
export function openNotify(parts: OpenNotifyParts): { readonly notify: Notify; readonly feature: Feature } {
  const { settings, postgres, clock, metrics } = parts;
  const longest = Math.max(...settings.carriers.map(({ timeoutMs }) => timeoutMs));
  const outbound = createOutbound({
    allowHosts: parts.allowHosts,
    connectMs: 1_000,
    timeoutMs: longest,
    maxBytes: LONGEST_ANSWER_BYTES,
  });
  const presets = new Map(settings.carriers.map((each) => [each.id, presetOf(each)]));
  const alone = settings.carriers.length === 1;
  const carriers = settings.carriers.map((each) =>
    createHttpCarrier({ settings: each, alone, clock, fetch: outbound as typeof fetch }),
  );
  const notify = createNotify({
    ...parts,
    carriers,
    doubts: createDoubts(parts),
    switch: createSwitch({ postgres, clock, enabled: settings.enabled }),
    metrics: metrics.counter('sms_attempts_total', 'Messages given to carriers, by what they answered', [
      'carrier',
      'delivery',
      'purpose',
    ]),
  });
  const sweep = async (): Promise<void> => {
    await deleteSentBefore(postgres, new Date(clock.now().getTime() - settings.keepDays * DAY_MS));
  };
  const feature: Feature = {
    name: 'notify',
    routes: (router) => receiptRoutes(router, { presets, postgres, clock, metrics }),
    jobs: [{ name: 'notify.sweep', everySeconds: 86_400, exclusive: true, run: sweep }],
    listen: () => Promise.resolve(() => notify.drained()),
  };
  return { notify, feature };
}
