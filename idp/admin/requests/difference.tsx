// A difference as a table: what ran, what is proposed, and under each line what was said and may be said to it.
import type { ComponentChildren, VNode } from 'preact';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { Difference } from '../../registry/registry.ts';
import { Icon } from '../frame/icons.tsx';
import { M } from './messages.ts';
import { M as NAMES } from './name-messages.ts';
import { claimName, memberName, partName } from './words.ts';

export interface DifferencesProps {
  readonly locale: Locale;
  readonly all: readonly Difference[];
  /** Drawn under the line of a member; nothing where there is nothing to say. */
  readonly under?: (member: string) => ComponentChildren;
}

export function Differences({ locale, all, under }: DifferencesProps): VNode {
  return (
    <div class="scroll">
      <table class="diff stackt">
        <caption class="sr">{M.text(locale, 'diff.caption')}</caption>
        <colgroup>
          <col />
          <col class="v" />
          <col class="v" />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">{M.text(locale, 'diff.member')}</th>
            <th scope="col">{M.text(locale, 'diff.before')}</th>
            <th scope="col">{M.text(locale, 'diff.after')}</th>
          </tr>
        </thead>
        <tbody>
          {all.map((one) => (
            <Line key={one.member} locale={locale} one={one} under={under?.(one.member)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface LineProps {
  readonly locale: Locale;
  readonly one: Difference;
  readonly under: ComponentChildren;
}

function Line({ locale, one, under }: LineProps): VNode {
  const [before, after] = sidesOf(locale, one);
  return (
    <>
      <tr>
        <th class="t1" scope="row">
          <Breakable text={memberName(locale, one.member)} />
          {one.is === 'claim' && one.sensitive && (
            <>
              <br />
              <span class="tag hi">{M.text(locale, 'diff.sensitive')}</span>
            </>
          )}
        </th>
        <td data-th={M.text(locale, 'diff.before')}>
          <div>{before}</div>
        </td>
        <td data-th={M.text(locale, 'diff.after')}>
          <div>{after}</div>
        </td>
      </tr>
      {under !== undefined && (
        <tr class="c">
          <td />
          <td colSpan={2}>{under}</td>
        </tr>
      )}
    </>
  );
}

function sidesOf(locale: Locale, one: Difference): readonly [ComponentChildren, ComponentChildren] {
  const none = <span class="q">{M.text(locale, 'diff.none')}</span>;
  if (one.is === 'text')
    return [
      one.before === undefined ? none : <Value tag="del" text={one.before} />,
      one.after === undefined ? none : <Value tag="ins" text={one.after} />,
    ];
  if (one.is === 'list')
    return [
      one.removed.length > 0 ? <Items tag="del" items={one.removed} /> : none,
      <>
        {one.added.length > 0 ? <Items tag="ins" items={one.added} /> : none}
        {one.kept.length > 0 && <small>{M.text(locale, 'diff.kept', { count: one.kept.length })}</small>}
      </>,
    ];
  return [
    one.how === 'added' ? none : <Parts locale={locale} one={one} side="before" />,
    one.how === 'removed' ? (
      <del>{M.text(locale, 'diff.removed')}</del>
    ) : (
      <Parts locale={locale} one={one} side="after" />
    ),
  ];
}

/** A member without a name of ours may break where its words end. */
function Breakable({ text }: { readonly text: string }): VNode {
  return (
    <>
      {text.split(/(?<=_)/).map((word) => (
        <>
          {word}
          <wbr />
        </>
      ))}
    </>
  );
}

/** An address is as long as it likes: it breaks anywhere, as code does. */
function Value({ tag: Tag, text }: { readonly tag: 'ins' | 'del'; readonly text: string }): VNode {
  const marked = <Tag>{text}</Tag>;
  return /^\S{20,}$/.test(text) ? <code>{marked}</code> : marked;
}

function Items({
  tag: Tag,
  items,
}: {
  readonly tag: 'ins' | 'del';
  readonly items: readonly string[];
}): VNode {
  return (
    <>
      {items.map((item) => (
        <div key={item}>
          <code>
            <Tag>{item}</Tag>
          </code>
        </div>
      ))}
    </>
  );
}

interface PartsProps {
  readonly locale: Locale;
  readonly one: Extract<Difference, { is: 'claim' }>;
  readonly side: 'before' | 'after';
}

/** Purpose, legal basis and the others; those that are the same on both sides stand without a mark. */
function Parts({ locale, one, side }: PartsProps): VNode {
  const shown = (text: string): string =>
    text === 'true' ? NAMES.text(locale, 'yes') : text === 'false' ? NAMES.text(locale, 'no') : text;
  return (
    <>
      {side === 'after' && one.how === 'added' && <ins>{M.text(locale, 'diff.added')}</ins>}
      {one.parts.map(({ part, before, after }) => {
        const text = side === 'before' ? before : after;
        if (text === undefined) return null;
        const same = before === after || one.how !== 'changed';
        const Tag = side === 'before' ? 'del' : 'ins';
        return (
          <small key={part}>
            {partName(locale, part)}
            {locale === 'en' ? ': ' : '：'}
            {same ? shown(text) : <Tag>{shown(text)}</Tag>}
          </small>
        );
      })}
    </>
  );
}

interface SeenProps {
  readonly locale: Locale;
  readonly name: string;
  readonly domain: string;
  readonly claims: Readonly<
    Record<string, { readonly purpose: Readonly<Record<Locale, string>>; readonly required: boolean }>
  >;
}

/** The consent page of this registration, only to look at: no link, no button, no form. */
export function Seen({ locale, name, domain, claims }: SeenProps): VNode {
  const asked = Object.entries(claims);
  return (
    <div class="view">
      <div class="cz">
        <p class="rp">
          <span>
            <b>{name}</b>
            <br />
            <span class="q">{domain}</span>
          </span>
        </p>
        {asked.length === 0 ? (
          <p>{M.text(locale, 'view.nothing')}</p>
        ) : (
          <>
            <h3>{M.text(locale, 'view.ask', { name })}</h3>
            <ul>
              {asked.map(([claim, { purpose, required }]) => (
                <li key={claim}>
                  <Icon name="ok" />
                  <span>
                    <b>{claimName(locale, claim)}</b>{' '}
                    {!required && <span class="q">{M.text(locale, 'view.optional')}</span>}
                  </span>
                  <small>{purpose[locale]}</small>
                </li>
              ))}
            </ul>
          </>
        )}
        <p class="row">
          <span class="btn">{M.text(locale, 'view.agree')}</span>
          <span class="btn">{M.text(locale, 'view.refuse')}</span>
        </p>
      </div>
    </div>
  );
}
