// /scan/:id, what a phone opens when it reads the QR code of a computer: which computer asks, for what, and whether the
// person at the phone is the one at the computer. Not here: what counts as an approval (whoever implements Scans).
import type { Oidc, SignedIn } from '../../oidc/oidc.ts';
import type { Clock } from '../../platform/base/clock.ts';
import { readForm } from '../../platform/http/body.ts';
import type { Feature } from '../../platform/http/feature.ts';
import { csrf, hiddenCsrf } from '../../platform/http/guards.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { page } from '../../platform/ui/layout.tsx';
import type { Client, Registry } from '../../registry/registry.ts';
import { SCAN_ID, seeOther, signinAddress, type Context } from '../frame.tsx';
import { approvedScreen, askScreen, endScreen, type ScanScreen, type Seen } from './pages.tsx';

interface Phone extends SignedIn {
  readonly browser: string;
  readonly address: string;
  readonly device: string | undefined;
  readonly reference: string;
}

/** What stands behind a code. Structural: these pages go when the factor goes, and nothing else does. */
export interface Scans {
  /** True while there is something to open: asked before anybody is made to sign in. */
  waits(id: string): Promise<boolean>;
  /** Throws Fault `too_many`. */
  open(id: string, phone: Phone): Promise<Seen>;
  pick(id: string, phone: Phone, number: string): Promise<void>;
  confirm(id: string, phone: Phone): Promise<void>;
  refuse(id: string, phone: Phone): Promise<void>;
}

export interface ScanParts {
  readonly scans: Scans;
  readonly oidc: Pick<Oidc, 'session'>;
  readonly registry: Registry;
  readonly issuer: URL;
  readonly clock: Clock;
  /** True: the bar 测试环境 stands on every page. */
  readonly sandbox: boolean;
}

export function createScan(parts: ScanParts): Feature {
  return {
    name: 'scan',
    routes(router) {
      router.get('/scan/:id', (ctx) => show(parts, ctx));
      router.post('/scan/:id', csrf, (ctx) => answer(parts, ctx));
    },
  };
}

const idOf = (ctx: Context): string => String(ctx['params'].id);

function phoneOf(ctx: Context, who: SignedIn): Phone {
  const { browser, address, device, reference } = ctx.state;
  return { ...who, browser, address, device, reference };
}

async function show(parts: ScanParts, ctx: Context): Promise<void> {
  const id = idOf(ctx);
  if (!SCAN_ID.test(id)) return draw(parts, ctx, { is: 'gone' });
  const who = await parts.oidc.session(ctx);
  if (who) return draw(parts, ctx, await parts.scans.open(id, phoneOf(ctx, who)));
  if (await parts.scans.waits(id)) return seeOther(ctx, signinAddress(parts.issuer, `scan/${id}`));
  return draw(parts, ctx, { is: 'gone' });
}

async function answer(parts: ScanParts, ctx: Context): Promise<void> {
  const id = idOf(ctx);
  const { pick, confirm, refuse } = await readForm(ctx);
  const who = await parts.oidc.session(ctx);
  if (who && SCAN_ID.test(id)) {
    const phone = phoneOf(ctx, who);
    if (refuse !== undefined) await parts.scans.refuse(id, phone);
    else if (confirm !== undefined) await parts.scans.confirm(id, phone);
    else if (pick !== undefined) await parts.scans.pick(id, phone, pick);
  }
  seeOther(ctx, `/scan/${id}`);
}

/** RFC 9110: a code that is over will not come back; one that another phone holds is not for this one. */
const STATUS: Partial<Record<Seen['is'], number>> = { gone: 410, used: 403 };

async function draw(parts: ScanParts, ctx: Context, seen: Seen): Promise<void> {
  const found = 'asking' in seen ? await parts.registry.find(seen.asking.clientId) : undefined;
  const client = found?.enabled === true ? found : undefined;
  // A service that was switched off meanwhile cannot be signed in to.
  const now: Seen = 'asking' in seen && !client ? { is: 'gone' } : seen;
  const { locale, display } = ctx.state;
  const { title, body } = screenOf(parts, ctx, now, client);
  ctx.status = STATUS[now.is] ?? 200;
  ctx.type = 'html';
  ctx.body = page({
    locale,
    display,
    title,
    service: client && serviceOf(client, locale),
    sandbox: parts.sandbox,
    currentUrl: ctx.path,
    children: body,
  });
}

function serviceOf({ name, domain, logo }: Client, locale: Locale) {
  return { name: name[locale], domain, ...(logo === undefined ? {} : { logo }) };
}

function screenOf(parts: ScanParts, ctx: Context, seen: Seen, client: Client | undefined): ScanScreen {
  const { locale } = ctx.state;
  if (!('asking' in seen) || !client) return endScreen(locale, seen);
  if (seen.is === 'approved') return approvedScreen(locale);
  const id = idOf(ctx);
  const again = signinAddress(parts.issuer, `scan/${id}`, { prompt: 'login' });
  const frame = { locale, action: `/scan/${id}`, hidden: hiddenCsrf(ctx), now: parts.clock.now(), again };
  return askScreen(frame, seen);
}
