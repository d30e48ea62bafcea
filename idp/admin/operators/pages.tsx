// Lists of people and of invitations, and the page of one post.
import type { ComponentChildren, VNode } from 'preact';
import { formatInstant } from '../../platform/i18n/format.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import {
  POST_VIEWS,
  ROLES,
  type Listed,
  type ListedPost,
  type OpenInvitation,
  type PostView,
} from '../../registry/registry.ts';
import { Note, Status } from '../frame/icons.tsx';
import { addressOf, Choice, Filters, Pages, Table, Typed, type Query, type Row } from '../frame/lists.tsx';
import { M as F } from '../frame/messages.ts';
import { M } from './messages.ts';

export const PATH = '/admin/operators';

/** A ticked post is a field of its own: a form has no field twice. */
export const PICK = 'pick.';

interface FrameProps {
  readonly locale: Locale;
  readonly now: Date;
  readonly hidden: VNode;
  readonly view: PostView | 'invited';
  readonly counts: Readonly<Record<PostView, number>>;
  readonly invited: number;
  readonly mayWrite: boolean;
  /** What the last confirmation did. */
  readonly done: number;
  readonly failed: number;
}

function Frame({ children, ...props }: FrameProps & { children: ComponentChildren }): VNode {
  const { locale, view, counts, invited, mayWrite, done, failed } = props;
  const link = (name: PostView | 'invited', count: number): VNode => (
    <a href={addressOf(PATH, { view: name })} {...(name === view ? { 'aria-current': 'page' as const } : {})}>
      {M.text(locale, `view.${name}`)} <b>{count}</b>
    </a>
  );
  return (
    <>
      <div class="head">
        <div>
          <h1>{M.text(locale, 'title')}</h1>
          <p>{M.text(locale, 'lead', { count: counts.standing })}</p>
        </div>
        {mayWrite && (
          <div class="acts">
            <a class="btn" href="/admin/programs">
              {M.text(locale, 'programs')}
            </a>
            <a class="btn p" href={`${PATH}/invite`}>
              {M.text(locale, 'invite')}
            </a>
          </div>
        )}
      </div>
      {done > 0 && <Note is="ok">{M.text(locale, 'certify.done', { count: done })}</Note>}
      {failed > 0 && <Note is="warn">{M.text(locale, 'certify.failed', { count: failed })}</Note>}
      {mayWrite && counts.due > 0 && (
        <Note is="warn">
          <b>{M.text(locale, 'due.note', { count: counts.due })}</b> {M.text(locale, 'due.why')}{' '}
          {view !== 'due' && <a href={addressOf(PATH, { view: 'due' })}>{M.text(locale, 'due.go')}</a>}
        </Note>
      )}
      <section class="card bulk" aria-label={M.text(locale, 'caption')}>
        <nav class="views" aria-label={M.text(locale, 'views')}>
          {POST_VIEWS.map((name) => link(name, counts[name]))}
          {link('invited', invited)}
        </nav>
        {children}
      </section>
    </>
  );
}

interface PeopleProps extends FrameProps {
  readonly page: Listed<ListedPost>;
  readonly names: ReadonlyMap<string, string>;
  readonly query: Query;
  /** The reader's own identifier: nobody confirms the own post. */
  readonly own: string | undefined;
}

export function People(props: PeopleProps): VNode {
  const { locale, view, page, query, hidden, mayWrite } = props;
  const heads = ['name', 'unit', 'role', 'since', 'leaves', 'certified'] as const;
  const picking = view === 'due' && mayWrite;
  const table = (
    <Table
      locale={locale}
      caption={M.text(locale, 'caption')}
      columns={heads.map((head) => ({ head: M.text(locale, head) }))}
      rows={page.rows.map((post) => rowOf(props, post, picking))}
      none={M.text(locale, 'none')}
    />
  );
  const roles = ROLES.map((role) => [role, F.text(locale, `role.${role}`)] as const);
  return (
    <Frame {...props}>
      <Filters locale={locale} path={PATH} kept={{ view, unit: query['unit'] }}>
        <Typed name="q" label={M.text(locale, 'q')} value={query['q']} />
        <Choice
          name="role"
          label={M.text(locale, 'role')}
          all={M.text(locale, 'role.all')}
          chosen={query['role']}
          options={roles}
        />
      </Filters>
      {picking && page.rows.length > 0 ? (
        <form method="post" action={`${PATH}/certify`}>
          {hidden}
          {table}
          <div class="bar">
            <button class="btn p" type="submit">
              {M.text(locale, 'certify.button')}
            </button>
            <span class="q">{M.text(locale, 'certify.own')}</span>
          </div>
        </form>
      ) : (
        table
      )}
      <Pages locale={locale} path={PATH} query={query} next={page.next} />
    </Frame>
  );
}

function rowOf(props: PeopleProps, post: ListedPost, picking: boolean): Row {
  const { locale, now, names, own } = props;
  const name = names.get(post.citizenId ?? '') ?? M.text(locale, 'name.closed');
  const isOwn = post.operatorId === own;
  return {
    key: post.id,
    ...(picking && !isOwn
      ? { pick: { name: `${PICK}${post.id}`, label: M.text(locale, 'certify.pick', { name }) } }
      : {}),
    cells: [
      <>
        <a href={`${PATH}/${post.id}`}>{name}</a>
        {isOwn && M.text(locale, 'you')}
      </>,
      <a key="unit" href={addressOf(PATH, { unit: post.unitId })}>
        {post.unitName[locale]}
      </a>,
      F.text(locale, `role.${post.role}`),
      formatInstant(post.grantedAt, now, locale),
      post.leavesAt ? formatInstant(post.leavesAt, now, locale) : M.text(locale, 'leaves.none'),
      <Certification key="certified" locale={locale} now={now} post={post} />,
    ],
  };
}

function Certification({ locale, now, post }: { locale: Locale; now: Date; post: ListedPost }): VNode {
  if (post.certification === 'sound')
    return (
      <Status is="ok">
        {M.text(locale, 'certified.sound', { at: formatInstant(post.certifiedAt, now, locale) })}
      </Status>
    );
  return post.certification === 'due' ? (
    <Status is="wait">{M.text(locale, 'certified.due')}</Status>
  ) : (
    <Status is="off">{M.text(locale, 'certified.lapsed')}</Status>
  );
}

export function Invitations(props: FrameProps & { readonly rows: readonly OpenInvitation[] }): VNode {
  const { locale, now, hidden, rows, mayWrite } = props;
  const heads = ['unit', 'role', 'leaves', 'expires', 'manage'] as const;
  const withdraw = ({ id, unitName }: OpenInvitation): ComponentChildren =>
    mayWrite && (
      <form method="post" action={`${PATH}/invitations/${id}/withdraw`}>
        {hidden}
        <button
          class="btn s"
          type="submit"
          aria-label={M.text(locale, 'withdraw.of', { unit: unitName[locale] })}
        >
          {M.text(locale, 'withdraw')}
        </button>
      </form>
    );
  return (
    <Frame {...props}>
      <Table
        locale={locale}
        caption={M.text(locale, 'view.invited')}
        columns={heads.map((head) => ({ head: M.text(locale, head) }))}
        rows={rows.map((row) => ({
          key: row.id,
          cells: [
            row.unitName[locale],
            F.text(locale, `role.${row.role}`),
            row.leavesAt ? formatInstant(row.leavesAt, now, locale) : M.text(locale, 'leaves.none'),
            formatInstant(row.expiresAt, now, locale),
            withdraw(row),
          ],
        }))}
        none={M.text(locale, 'open.none')}
      />
    </Frame>
  );
}

interface PostProps {
  readonly locale: Locale;
  readonly now: Date;
  readonly hidden: VNode;
  readonly post: ListedPost;
  readonly name: string;
  readonly own: boolean;
  readonly mayWrite: boolean;
}

export function PostPage(props: PostProps): VNode {
  const { locale, now, post, name, own, mayWrite } = props;
  const rows: readonly (readonly [string, ComponentChildren])[] = [
    [M.text(locale, 'unit'), post.unitName[locale]],
    [M.text(locale, 'role'), F.text(locale, `role.${post.role}`)],
    [M.text(locale, 'since'), formatInstant(post.grantedAt, now, locale)],
    [M.text(locale, 'post.granted'), post.grantedBy],
    [
      M.text(locale, 'leaves'),
      post.leavesAt ? formatInstant(post.leavesAt, now, locale) : M.text(locale, 'leaves.none'),
    ],
    [M.text(locale, 'certified'), <Certification key="c" locale={locale} now={now} post={post} />],
  ];
  return (
    <section class="card">
      <div class="in">
        <h1>{M.text(locale, 'post.title', { name })}</h1>
      </div>
      <dl class="sum-l">
        {rows.map(([term, text]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {own && <p class="in q">{M.text(locale, 'post.own')}</p>}
      {mayWrite && !own && <PostActs {...props} />}
    </section>
  );
}

function PostActs({ locale, hidden, post }: PostProps): VNode {
  return (
    <div class="in stack">
      {post.certification !== 'sound' && (
        <form method="post" action={`${PATH}/certify`}>
          {hidden}
          <input type="hidden" name={`${PICK}${post.id}`} value="yes" />
          <button class="btn" type="submit">
            {M.text(locale, 'post.certify')}
          </button>
        </form>
      )}
      <form method="post" action={`${PATH}/${post.id}/leaves`} class="row">
        {hidden}
        <label for="leaves">{M.text(locale, 'leaves')}</label>
        <input id="leaves" name="leaves" type="date" value={post.leavesAt && beijingDay(post.leavesAt)} />
        <button class="btn" type="submit">
          {M.text(locale, 'post.leaves.button')}
        </button>
      </form>
      <form method="post" action={`${PATH}/${post.id}/end`}>
        {hidden}
        <p class="q">{M.text(locale, 'post.end.why')}</p>
        <button class="btn d" type="submit">
          {M.text(locale, 'post.end')}
        </button>
      </form>
    </div>
  );
}

const beijingDay = (at: Date): string => new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
