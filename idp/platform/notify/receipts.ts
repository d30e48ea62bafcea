// Where carriers tell what became of messages. What is written is the state of a message that we gave to that carrier:
// the phone numbers beside it are not read.
import type { ParameterizedContext } from 'koa';
import type { Clock } from '../base/clock.ts';
import { Fault } from '../base/errors.ts';
import { readText } from '../http/body.ts';
import type { RequestState, Routes } from '../http/feature.ts';
import { forPrograms } from '../http/guards.ts';
import type { Postgres } from '../store/postgres.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Preset } from './sms/preset.ts';
import { updateReceipt } from './store.ts';

export interface ReceiptParts {
  /** By the carrier's id. */
  readonly presets: ReadonlyMap<string, Preset>;
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** A hundred receipts in one push, which is the most that vendors send. */
const MAX_BYTES = 65_536;
const MAX_RECEIPTS = 200;

type Context = ParameterizedContext<RequestState>;

/**
 * POST /receipts/sms/:carrier, signed; with a last part that is the agreed key for vendors that sign nothing and can
 * keep a secret nowhere but in the address (their own documentation says so; logs hold the pattern, not the path).
 */
export function receiptRoutes(router: Routes, parts: ReceiptParts): void {
  const count = parts.metrics.counter('sms_receipts_total', 'Delivery receipts of carriers, by outcome', [
    'carrier',
    'outcome',
  ]);
  const take = async (ctx: Context): Promise<void> => {
    const { carrier = '', key } = ctx['params'] as { carrier?: string; key?: string };
    const preset = parts.presets.get(carrier);
    const body = await readText(ctx, 'application/json', MAX_BYTES);
    const at = parts.clock.now();
    const header = (name: string): string => ctx.get(name);
    const receipts = preset?.receipts({ path: ctx.path, key, header, body, at });
    // One answer for an unknown carrier and a wrong key: nobody learns who carries our messages.
    if (!preset || !receipts) throw new Fault('unsigned', { note: 'a receipt of nobody that we know' });
    for (const receipt of receipts.slice(0, MAX_RECEIPTS)) {
      const first = await updateReceipt(parts.postgres, carrier, receipt, at);
      count(carrier, first ? receipt.outcome : 'not_ours');
    }
    ctx.body = preset.thanks;
  };
  router.post('/receipts/sms/:carrier', forPrograms, take);
  router.post('/receipts/sms/:carrier/:key', forPrograms, take);
}
