// How the system runs, for those who answer for all of it: health, keys, limits. Nothing can be changed here.
import type { VNode } from 'preact';
import { PURPOSES, type Key } from '../../platform/crypto/keyring.ts';
import type { HealthCheck, Routes } from '../../platform/http/feature.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { Limit } from '../../platform/limits/limits.ts';
import { draw, operating, type AdminParts, type Context, type Visitor } from '../frame/frame.tsx';
import { Status } from '../frame/icons.tsx';
import { Card, Table } from '../frame/lists.tsx';
import { M } from './messages.ts';

const NATION = 'cn/';
const DAY_MS = 86_400_000;
const HEALTH_MS = 2_000;

export function systemRoutes(router: Routes, parts: AdminParts): void {
  router.get(
    '/admin/system',
    operating(parts, (ctx, visitor) => system(parts, ctx, visitor)),
  );
}

async function system(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  parts.access.demand(visitor.actor, 'system.read', NATION, 'system');
  const { locale } = ctx.state;
  const health = await Promise.all(parts.health().map(isWell));
  const keys = PURPOSES.flatMap((purpose) => parts.keyring.all(purpose));
  const limits = [...parts.limits.list()].sort((a, b) => (a.name < b.name ? -1 : 1));
  draw(parts, ctx, visitor, {
    title: M.text(locale, 'title'),
    current: 'system',
    children: (
      <>
        <div class="head">
          <div>
            <h1>{M.text(locale, 'title')}</h1>
            <p>{M.text(locale, 'lead')}</p>
          </div>
        </div>
        <Health locale={locale} rows={health} />
        <Keys locale={locale} keys={keys} now={parts.clock.now()} />
        <Limits locale={locale} limits={limits} />
      </>
    ),
  });
}

interface Health {
  readonly name: string;
  readonly well: boolean;
}

/** Why a check fails stands in the log, where nothing of it reaches a page. */
async function isWell(one: HealthCheck): Promise<Health> {
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, HEALTH_MS, false).unref());
  const well = await Promise.race([
    one.check().then(
      () => true,
      () => false,
    ),
    late,
  ]);
  return { name: one.name, well };
}

function Health({ locale, rows }: { locale: Locale; rows: readonly Health[] }): VNode {
  return (
    <Card title={M.text(locale, 'health')}>
      <Table
        locale={locale}
        caption={M.text(locale, 'health')}
        columns={[{ head: M.text(locale, 'health.name') }, { head: M.text(locale, 'health.state') }]}
        rows={rows.map(({ name, well }) => ({
          key: name,
          cells: [
            name,
            <Status key="state" is={well ? 'ok' : 'bad'}>
              {M.text(locale, well ? 'health.ok' : 'health.bad')}
            </Status>,
          ],
        }))}
        none={M.text(locale, 'none')}
      />
    </Card>
  );
}

const TONES = { next: 'wait', active: 'ok', retired: 'off' } as const;

/** Identifiers and ages; what a key is made of never leaves the ring. */
function Keys({ locale, keys, now }: { locale: Locale; keys: readonly Key[]; now: Date }): VNode {
  const days = ({ createdAt }: Key): number => Math.floor((now.getTime() - createdAt.getTime()) / DAY_MS);
  return (
    <Card title={M.text(locale, 'keys')}>
      <Table
        locale={locale}
        caption={M.text(locale, 'keys')}
        columns={(['keys.purpose', 'keys.id', 'keys.state', 'keys.age'] as const).map((head) => ({
          head: M.text(locale, head),
        }))}
        rows={keys.map((key) => ({
          key: `${key.purpose} ${key.id}`,
          cells: [
            key.purpose,
            <span key="id" class="m">
              {key.id}
            </span>,
            <Status key="state" is={TONES[key.state]}>
              {M.text(locale, `keys.${key.state}`)}
            </Status>,
            String(days(key)),
          ],
        }))}
        none={M.text(locale, 'none')}
      />
    </Card>
  );
}

function period(locale: Locale, seconds: number): string {
  if (seconds % 86_400 === 0) return M.text(locale, 'period.days', { count: seconds / 86_400 });
  if (seconds % 3_600 === 0) return M.text(locale, 'period.hours', { count: seconds / 3_600 });
  if (seconds % 60 === 0) return M.text(locale, 'period.minutes', { count: seconds / 60 });
  return M.text(locale, 'period.seconds', { count: seconds });
}

function Limits({ locale, limits }: { locale: Locale; limits: readonly Limit[] }): VNode {
  const heads = ['limits.name', 'limits.per', 'limits.burst', 'limits.period', 'limits.why'] as const;
  return (
    <Card title={M.text(locale, 'limits')}>
      <Table
        locale={locale}
        caption={M.text(locale, 'limits')}
        columns={heads.map((head) => ({ head: M.text(locale, head) }))}
        rows={limits.map(({ name, per, burst, periodSeconds, why }) => ({
          key: name,
          cells: [
            <span key="name" class="m">
              {name}
            </span>,
            per,
            String(burst),
            period(locale, periodSeconds),
            <span key="why" lang="en">
              {why}
            </span>,
          ],
        }))}
        none={M.text(locale, 'none')}
      />
    </Card>
  );
}
