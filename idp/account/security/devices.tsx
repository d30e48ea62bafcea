// The devices on which the account was signed in to: seen, forgotten, and all signed out at once.
import type { VNode } from 'preact';
import { kindWords, type Device } from '../../devices/devices.ts';
import type { SignedIn } from '../../oidc/oidc.ts';
import { readForm } from '../../platform/http/body.ts';
import type { Routes } from '../../platform/http/feature.ts';
import { csrf, hiddenCsrf } from '../../platform/http/guards.ts';
import { formatInstant } from '../../platform/i18n/format.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { Button, Buttons, LinkButton, PostForm, type FormFrame } from '../../platform/ui/form.tsx';
import { Bullets, Icon, Tag } from '../../platform/ui/parts.tsx';
import { draw, newlyShown, seeOther, signedIn, type AccountParts, type Context } from '../frame.tsx';
import { M } from './messages.ts';

export interface DevicesProps {
  readonly locale: Locale;
  readonly now: Date;
  readonly devices: readonly Device[];
  /** Of the form of each device. */
  readonly hidden: VNode;
}

const SIGN_OUT = '/account/security/sign-out';
const forgetAddress = (id: string): string => `/account/security/devices/${id}`;

export function deviceRoutes(router: Routes, parts: AccountParts): void {
  router.post(
    '/account/security/devices/:device',
    csrf,
    // A device that is forgotten takes its part of the account's memory with it: not on one factor.
    newlyShown(
      parts,
      () => 'security',
      (ctx, who) => forgetDevice(parts, ctx, who),
    ),
  );
  router.get(
    SIGN_OUT,
    signedIn(parts, 'security/sign-out', (ctx) => showSignOut(parts, ctx)),
  );
  router.post(
    SIGN_OUT,
    csrf,
    signedIn(parts, 'security/sign-out', (ctx, who) => signOutEverywhere(parts, ctx, who)),
  );
}

/** None is listed before the first sign-in after which devices were kept. */
export function DeviceList({ locale, now, devices, hidden }: DevicesProps): VNode {
  return (
    <>
      <div class="head">
        <h2>{M.text(locale, 'devices.title')}</h2> <a href={SIGN_OUT}>{M.text(locale, 'devices.all')}</a>
      </div>
      {devices.length === 0 ? (
        <p class="quiet">{M.text(locale, 'devices.none')}</p>
      ) : (
        <ul class="rows">
          {devices.map((device) => (
            <Row key={device.id} {...{ locale, now, device, hidden }} />
          ))}
        </ul>
      )}
    </>
  );
}

type RowProps = Omit<DevicesProps, 'devices'> & { readonly device: Device };

function Row({ locale, now, device, hidden }: RowProps): VNode {
  const name = kindWords(device, locale);
  const seen = formatInstant(device.lastSeenAt, now, locale);
  const place = device.place?.name[locale];
  return (
    <li>
      <span class="glyph">
        <Icon name="shield" />
      </span>
      <div>
        <p class="name">
          {name} {device.here && <Tag tone="ok">{M.text(locale, 'devices.here')}</Tag>}
        </p>
        <p class="meta num">
          {place === undefined
            ? M.text(locale, 'devices.seen', { seen })
            : M.text(locale, 'devices.seen_at', { place, seen })}
        </p>
        {device.trustedUntil && (
          <p class="meta num">
            {M.text(locale, 'devices.trusted', { until: formatInstant(device.trustedUntil, now, locale) })}
          </p>
        )}
      </div>
      <form method="post" action={forgetAddress(device.id)} class="act" noValidate>
        {hidden}
        <Button kind="second">
          {M.text(locale, 'devices.forget')}
          <span class="vh">{M.text(locale, 'of', { name })}</span>
        </Button>
      </form>
    </li>
  );
}

/** Forgotten, a device is as one never seen: the next sign-in on it is told of. It signs nobody out. */
async function forgetDevice(parts: AccountParts, ctx: Context, who: SignedIn): Promise<void> {
  await readForm(ctx);
  const id = String(ctx['params'].device);
  await parts.audit.change((tx) => parts.devices.forget(tx, who.citizenId, id));
  return seeOther(ctx, '/account/security');
}

function showSignOut(parts: AccountParts, ctx: Context): Promise<void> {
  const { locale } = ctx.state;
  const frame = { locale, action: SIGN_OUT, hidden: hiddenCsrf(ctx), problems: [], values: {} };
  draw(parts, ctx, {
    current: 'security',
    title: M.text(locale, 'everywhere.title'),
    children: <Everywhere frame={frame} />,
  });
  return Promise.resolve();
}

function Everywhere({ frame }: { readonly frame: FormFrame }): VNode {
  const { locale } = frame;
  return (
    <>
      <h1>{M.text(locale, 'everywhere.title')}</h1>
      <Bullets>
        <li>{M.text(locale, 'everywhere.first')}</li>
        <li>{M.text(locale, 'everywhere.second')}</li>
      </Bullets>
      <PostForm frame={frame}>
        <Buttons>
          <Button kind="warning">{M.text(locale, 'devices.all')}</Button>
          <LinkButton href="/account/security" kind="second">
            {M.text(locale, 'cancel')}
          </LinkButton>
        </Buttons>
      </PostForm>
    </>
  );
}

/** ASVS 5.0 7.4.3, 7.5.2. Ends this session too: whoever presses it on a shared computer means it. */
async function signOutEverywhere(parts: AccountParts, ctx: Context, { citizenId }: SignedIn): Promise<void> {
  await readForm(ctx);
  const { audit, citizens, clock, oidc } = parts;
  const leaving = await oidc.signOut(citizenId);
  await audit.change(async (tx) => {
    await citizens.endSessions(tx, citizenId, clock.now());
    await leaving.tell(tx);
    const { reference } = ctx.state;
    tx.record({ type: 'citizen.signed_out', data: {}, citizenId, actor: `citizen:${citizenId}`, reference });
  });
  await leaving.end();
  return seeOther(ctx, '/account/signed-out');
}

/** Outside of the account centre: nobody is signed in any more. */
export function SignedOut({ locale }: { readonly locale: Locale }): VNode {
  return (
    <>
      <h1>{M.text(locale, 'signed_out.title')}</h1>
      <p>{M.text(locale, 'signed_out.body')}</p>
      <Buttons>
        <LinkButton href="/account">{M.text(locale, 'changed.go')}</LinkButton>
      </Buttons>
    </>
  );
}
