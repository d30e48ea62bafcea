// The tree beside the unit that is looked at: the way down to it, and what hangs below it. Every step is a link.
import type { VNode } from 'preact';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { Branch, ShownUnit, Unit } from '../../registry/registry.ts';
import { Status } from '../frame/icons.tsx';
import { M } from './messages.ts';

export const addressOf = (id: string): string => `/admin/units/${id}`;

const isDivision = ({ level }: Pick<Unit, 'level'>): boolean => level !== 'department' && level !== 'trial';

export function Search({ locale, text }: { readonly locale: Locale; readonly text: string }): VNode {
  return (
    <form
      class="filters"
      method="get"
      action="/admin/units"
      role="search"
      aria-label={M.text(locale, 'search.label')}
    >
      <div class="fld x">
        <label for="unit">{M.text(locale, 'search.label')}</label>
        <input id="unit" name="unit" type="search" maxLength={60} value={text} />
      </div>
      <button class="btn" type="submit">
        {M.text(locale, 'search.button')}
      </button>
    </form>
  );
}

interface TreeProps {
  readonly locale: Locale;
  /** The outermost units that the visitor sees. */
  readonly roots: readonly Unit[];
  readonly unit: ShownUnit;
  /** The unit whose children are shown: the one looked at, or the one above it where it has none. */
  readonly open: Unit;
  readonly branches: readonly Branch[];
}

export function TreeCard(props: TreeProps): VNode {
  const { locale, roots, unit } = props;
  const chain = [...unit.way, ...(props.open.id === unit.id ? [unit] : [])];
  return (
    <section class="card tree" aria-label={M.text(locale, 'tree')}>
      <Search locale={locale} text="" />
      <div class="in">
        <ul>
          {roots.map((root) =>
            root.id === chain[0]?.id ? (
              <Opened key={root.id} {...props} chain={chain} />
            ) : (
              <li key={root.id}>
                <UnitLink unit={root} locale={locale} here={root.id === unit.id} />
              </li>
            ),
          )}
        </ul>
      </div>
    </section>
  );
}

function Opened({ chain, ...props }: TreeProps & { readonly chain: readonly Unit[] }): VNode {
  const { locale, unit, branches } = props;
  const [node, ...rest] = chain;
  if (!node) return <li />;
  return (
    <li>
      <UnitLink unit={node} locale={locale} here={node.id === unit.id} />
      <ul aria-label={M.text(locale, 'tree.below', { unit: node.name[locale] })}>
        {rest.length > 0 ? (
          <Opened {...props} chain={rest} />
        ) : (
          branches.map((branch) => (
            <li key={branch.id}>
              <UnitLink unit={branch} locale={locale} here={branch.id === unit.id} branch={branch} />
            </li>
          ))
        )}
      </ul>
    </li>
  );
}

/** WCAG 2.2 3.1.2: most divisions have no English name here, and are to be read out in Chinese. */
const tongueOf = ({ name }: Unit, locale: Locale): { readonly lang?: Locale } =>
  locale === 'en' && name.en === name['zh-CN'] ? { lang: 'zh-CN' } : {};

interface UnitLinkProps {
  readonly unit: Unit;
  readonly locale: Locale;
  readonly here: boolean;
  readonly branch?: Branch;
}

function UnitLink({ unit, locale, here, branch }: UnitLinkProps): VNode {
  return (
    <a class="u" href={addressOf(unit.id)} {...(here ? { 'aria-current': 'page' as const } : {})}>
      <span class="nm" {...tongueOf(unit, locale)}>
        {unit.name[locale]}
      </span>
      {isDivision(unit) && <span class="m q">{unit.id}</span>}
      {branch && (
        <span class="x">
          {branch.waiting && <Status is="warn">{M.text(locale, 'tree.waiting')}</Status>}{' '}
          {M.text(locale, 'tree.clients', { count: branch.clients })}
        </span>
      )}
    </a>
  );
}

interface FoundProps {
  readonly locale: Locale;
  readonly text: string;
  readonly rows: readonly Unit[];
  /** Address of the next page. */
  readonly next: string | undefined;
}

export function Found({ locale, text, rows, next }: FoundProps): VNode {
  return (
    <section class="card tree" aria-label={M.text(locale, 'search.found')}>
      <Search locale={locale} text={text} />
      <div class="in">
        {rows.length === 0 && <p>{M.text(locale, 'search.none')}</p>}
        <ul>
          {rows.map((unit) => (
            <li key={unit.id}>
              <a class="u" href={addressOf(unit.id)}>
                <span class="nm">{unit.name[locale]}</span>
                <span class="m q">{unit.id}</span>
                <span class="x">{M.text(locale, `level.${unit.level}`)}</span>
              </a>
            </li>
          ))}
        </ul>
        <p class="row">
          <a href="/admin/units">{M.text(locale, 'search.back')}</a>
          {next !== undefined && <a href={next}>{M.text(locale, 'search.next')}</a>}
        </p>
      </div>
    </section>
  );
}
