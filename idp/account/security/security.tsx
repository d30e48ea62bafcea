// 安全: what the account is signed in with, and every change to it. Not here: the factors' own pages (factors/), what a
// citizen does who can no longer sign in (signin/).
import { TOLD_IN, tellPhone } from '../../citizens/citizens.ts';
import type { ParameterizedContext } from 'koa';
import type { VNode } from 'preact';
import type { RequestState, Routes } from '../../platform/http/feature.ts';
import { csrf, hiddenCsrf } from '../../platform/http/guards.ts';
import { pageHeaders } from '../../platform/http/headers.ts';
import { readForm } from '../../platform/http/body.ts';
import { page } from '../../platform/ui/layout.tsx';
import type { SignedIn } from '../../oidc/oidc.ts';
import { draw, newlyShown, seeOther, signedIn, type AccountParts, type Context } from '../frame.tsx';
import { DeviceList, deviceRoutes, SignedOut } from './devices.tsx';
import { remove, rename, showRemove, showRename } from './held.tsx';
import { M } from './messages.ts';
import { Changed, Freeze, Frozen, Overview, type Section } from './pages.tsx';
import { createRecords } from './record.ts';
import { showSetUp, submitSetUp } from './set-up.tsx';

export function securityRoutes(router: Routes, parts: AccountParts): void {
  const records = createRecords(parts);
  const setUp = { ...parts, records };
  const addPlace = (ctx: Context): string => `security/add/${String(ctx['params'].factor)}`;
  const heldPlace = (act: string) => (ctx: Context) =>
    `security/${String(ctx['params'].factor)}/${String(ctx['params'].held)}/${act}`;
  router.get(
    '/account/security',
    signedIn(parts, 'security', (ctx, who) => overview(parts, ctx, who)),
  );
  router.get(
    '/account/security/freeze',
    signedIn(parts, 'security/freeze', (ctx, who) => showFreeze(parts, ctx, who)),
  );
  router.post(
    '/account/security/freeze',
    csrf,
    signedIn(parts, 'security/freeze', (ctx, who) => freeze(parts, ctx, who)),
  );
  router.get(
    '/account/security/add/:factor',
    newlyShown(parts, addPlace, (ctx, who) => showSetUp(setUp, ctx, who)),
  );
  router.post(
    '/account/security/add/:factor',
    csrf,
    newlyShown(parts, addPlace, (ctx, who) => submitSetUp(setUp, ctx, who)),
  );
  for (const [act, show, submit] of [
    ['rename', showRename, rename],
    ['remove', showRemove, remove],
  ] as const) {
    const path = `/account/security/:factor/:held/${act}`;
    router.get(
      path,
      newlyShown(parts, heldPlace(act), (ctx, who) => show(parts, ctx, who)),
    );
    router.post(
      path,
      csrf,
      newlyShown(parts, heldPlace(act), (ctx, who) => submit(parts, ctx, who)),
    );
  }
  deviceRoutes(router, parts);
  afterwards(router, parts);
}

/** Where one stands when all sessions have ended. */
function afterwards(router: Routes, parts: AccountParts): void {
  const pages = { changed: Changed, frozen: Frozen, 'signed-out': SignedOut } as const;
  const titles = {
    changed: 'changed.title',
    frozen: 'frozen.title',
    'signed-out': 'signed_out.title',
  } as const;
  for (const name of ['changed', 'frozen', 'signed-out'] as const)
    router.get(`/account/${name}`, (ctx) => {
      const { locale } = ctx.state;
      return outside(parts, ctx, M.text(locale, titles[name]), pages[name]({ locale }));
    });
}

async function overview(parts: AccountParts, ctx: Context, { citizenId }: SignedIn): Promise<void> {
  const { locale } = ctx.state;
  const now = parts.clock.now();
  const devices = await parts.devices.list(citizenId, ctx.state.device);
  const sections = await Promise.all(
    parts.factors.list.map(async ({ id, account, enrol }): Promise<Section | undefined> => {
      if (!account) return undefined;
      const held = await account.list(citizenId, locale, now);
      const add = enrol ? account.add(locale, held) : undefined;
      return { factorId: id, heading: account.heading(locale), held, add };
    }),
  );
  draw(parts, ctx, {
    current: 'security',
    title: M.text(locale, 'title'),
    children: (
      <Overview
        locale={locale}
        sections={sections.filter((section) => section !== undefined)}
        done={ctx.query['done'] === 'yes'}
        devices={<DeviceList {...{ locale, now, devices }} hidden={hiddenCsrf(ctx)} />}
      />
    ),
  });
}

async function showFreeze(parts: AccountParts, ctx: Context, { citizenId }: SignedIn): Promise<void> {
  const { locale } = ctx.state;
  const documents = await parts.citizens.documents(citizenId);
  const frame = {
    locale,
    action: '/account/security/freeze',
    hidden: hiddenCsrf(ctx),
    problems: [],
    values: {},
  };
  draw(parts, ctx, {
    current: 'security',
    title: M.text(locale, 'freeze.title'),
    children: <Freeze frame={frame} proven={documents.length > 0} />,
  });
}

/** Asks for no second factor: whoever fears for their account must not be kept waiting. */
async function freeze(parts: AccountParts, ctx: Context, { citizenId }: SignedIn): Promise<void> {
  await readForm(ctx);
  const { reference } = ctx.state;
  const { audit, citizens, clock, oidc } = parts;
  const { phone } = await citizens.attributes(citizenId);
  const leaving = await oidc.signOut(citizenId);
  await audit.change(async (tx) => {
    await citizens.freeze(tx, citizenId, clock.now());
    await leaving.tell(tx);
    const actor = `citizen:${citizenId}`;
    tx.record({ type: 'citizen.frozen', data: { reason: 'own_wish' }, citizenId, actor, reference });
  });
  await leaving.end();
  await tellPhone(parts, phone, M.text(TOLD_IN, 'notice.frozen'));
  seeOther(ctx, '/account/frozen');
}

/** The same for everybody who comes here: it tells nothing about any account. */
function outside(
  parts: AccountParts,
  ctx: ParameterizedContext<RequestState>,
  title: string,
  children: VNode,
): void {
  const { locale, display } = ctx.state;
  pageHeaders(ctx);
  ctx.type = 'html';
  ctx.body = page({ locale, display, title, sandbox: parts.sandbox, currentUrl: ctx.url, children });
}
