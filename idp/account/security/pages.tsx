// The security pages, each a function from typed values to HTML.
import type { VNode } from 'preact';
import type { Held } from '../../factors/factors.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { ErrorSummary } from '../../platform/ui/error-summary.tsx';
import { Button, Buttons, LinkButton, PostForm, TextField, type FormFrame } from '../../platform/ui/form.tsx';
import { Bullets, Disc, Icon, Notice } from '../../platform/ui/parts.tsx';
import { M } from './messages.ts';

/** What one factor brings to the list. */
export interface Section {
  readonly factorId: string;
  readonly heading: string;
  readonly held: readonly Held[];
  readonly add: string | undefined;
}

export interface OverviewProps {
  readonly locale: Locale;
  readonly sections: readonly Section[];
  readonly done: boolean;
  /** The devices of the account, drawn. */
  readonly devices: VNode;
}

const SECURITY = '/account/security';
const addAddress = (factorId: string): string => `${SECURITY}/add/${factorId}`;

export function Overview({ locale, sections, done, devices }: OverviewProps): VNode {
  const headings = [...new Set(sections.map(({ heading }) => heading))];
  return (
    <>
      <h1>{M.text(locale, 'title')}</h1>
      <p>{M.text(locale, 'lead')}</p>
      {done && (
        <Notice tone="success" title={M.text(locale, 'done.title')}>
          <p>{M.text(locale, 'done.body')}</p>
        </Notice>
      )}
      {headings.map((heading) => (
        <Group
          key={heading}
          locale={locale}
          heading={heading}
          sections={sections.filter((section) => section.heading === heading)}
        />
      ))}
      {devices}
      <h2>{M.text(locale, 'freeze.heading')}</h2>
      <p>{M.text(locale, 'freeze.short')}</p>
      <Buttons>
        <LinkButton href={`${SECURITY}/freeze`} kind="second">
          {M.text(locale, 'freeze.open')}
        </LinkButton>
      </Buttons>
    </>
  );
}

interface GroupProps {
  readonly locale: Locale;
  readonly heading: string;
  readonly sections: readonly Section[];
}

/** What there is only one of is changed on its own row; what can be added to is added to at the heading. */
const onRow = ({ held }: Section): boolean =>
  held.length > 0 && held.every(({ canRename, canRemove }) => !canRename && !canRemove);

function Group({ locale, heading, sections }: GroupProps): VNode {
  return (
    <>
      <div class="head">
        <h2>{heading}</h2>{' '}
        {sections
          .filter((section) => section.add !== undefined && !onRow(section))
          .map(({ factorId, add }) => (
            <a key={factorId} href={addAddress(factorId)}>
              {add}
            </a>
          ))}
      </div>
      {sections.every(({ held }) => held.length === 0) ? (
        <p class="quiet">{M.text(locale, 'none')}</p>
      ) : (
        <ul class="rows">
          {sections.flatMap((section) =>
            section.held.map((held) => (
              <Row key={`${section.factorId} ${held.id}`} {...{ locale, section, held }} />
            )),
          )}
        </ul>
      )}
    </>
  );
}

function Row({ locale, section, held }: { locale: Locale; section: Section; held: Held }): VNode {
  const at = `${SECURITY}/${section.factorId}/${encodeURIComponent(held.id)}`;
  const of = <span class="vh">{M.text(locale, 'of', { name: held.name })}</span>;
  return (
    <li>
      <span class="glyph">
        <Icon name={held.canRemove ? 'shield' : 'lock'} />
      </span>
      <div>
        <p class="name">{held.name}</p>
        {held.lines.map((line) => (
          <p class="meta num" key={line}>
            {line}
          </p>
        ))}
      </div>
      <p class="act">
        {onRow(section) && section.add !== undefined && (
          <a href={addAddress(section.factorId)}>{section.add}</a>
        )}
        {held.canRename && (
          <a href={`${at}/rename`}>
            {M.text(locale, 'rename')}
            {of}
          </a>
        )}
        {held.canRemove && (
          <a href={`${at}/remove`}>
            {M.text(locale, 'remove')}
            {of}
          </a>
        )}
      </p>
    </li>
  );
}

interface HeldProps {
  readonly frame: FormFrame;
  readonly name: string;
  /** True after a form that came too long after signing in. */
  readonly again: boolean;
}

export function Again({ locale }: { readonly locale: Locale }): VNode {
  return (
    <Notice tone="warning" title={M.text(locale, 'again.title')}>
      <p>{M.text(locale, 'again.body')}</p>
    </Notice>
  );
}

export function Rename({ frame, name, again }: HeldProps): VNode {
  const { locale, problems } = frame;
  return (
    <>
      {problems.length > 0 && <ErrorSummary locale={locale} problems={problems} />}
      <h1>{M.text(locale, 'rename.title', { name })}</h1>
      {again && <Again locale={locale} />}
      <PostForm frame={frame}>
        <TextField
          frame={frame}
          name="name"
          label={M.text(locale, 'rename.name')}
          hint={M.text(locale, 'rename.hint')}
          value={name}
        />
        <Buttons>
          <Button>{M.text(locale, 'rename.save')}</Button>
          <LinkButton href={SECURITY} kind="second">
            {M.text(locale, 'cancel')}
          </LinkButton>
        </Buttons>
      </PostForm>
    </>
  );
}

export function Remove({ frame, name, again }: HeldProps): VNode {
  const { locale } = frame;
  return (
    <>
      <h1>{M.text(locale, 'remove.title', { name })}</h1>
      {again && <Again locale={locale} />}
      <Bullets>
        <li>{M.text(locale, 'remove.first')}</li>
        <li>{M.text(locale, 'remove.second')}</li>
        <li>{M.text(locale, 'remove.third')}</li>
      </Bullets>
      <PostForm frame={frame}>
        <Buttons>
          <Button kind="warning">{M.text(locale, 'remove.go')}</Button>
          <LinkButton href={SECURITY} kind="second">
            {M.text(locale, 'remove.keep')}
          </LinkButton>
        </Buttons>
      </PostForm>
    </>
  );
}

export function LastWay({ locale, name }: { readonly locale: Locale; readonly name: string }): VNode {
  return (
    <>
      <Disc icon="lock" tone="warn" />
      <h1>{M.text(locale, 'last.title', { name })}</h1>
      <p>{M.text(locale, 'last.body')}</p>
      <Buttons>
        <LinkButton href={SECURITY}>{M.text(locale, 'cancel')}</LinkButton>
      </Buttons>
    </>
  );
}

export function Freeze({ frame, proven }: { readonly frame: FormFrame; readonly proven: boolean }): VNode {
  const { locale } = frame;
  return (
    <>
      <h1>{M.text(locale, 'freeze.title')}</h1>
      <Bullets>
        <li>{M.text(locale, 'freeze.first')}</li>
        <li>{M.text(locale, 'freeze.second')}</li>
        <li>{M.text(locale, proven ? 'freeze.proven' : 'freeze.unproven')}</li>
      </Bullets>
      <PostForm frame={frame}>
        <Buttons>
          <Button kind="warning">{M.text(locale, 'freeze.go')}</Button>
          <LinkButton href={SECURITY} kind="second">
            {M.text(locale, 'freeze.keep')}
          </LinkButton>
        </Buttons>
      </PostForm>
    </>
  );
}

/** These two stand outside of the account centre: nobody is signed in any more. */
export function Frozen({ locale }: { readonly locale: Locale }): VNode {
  return (
    <>
      <Disc icon="lock" />
      <h1>{M.text(locale, 'frozen.title')}</h1>
      <p>{M.text(locale, 'frozen.body')}</p>
      <p>{M.text(locale, 'frozen.again')}</p>
    </>
  );
}

export function Changed({ locale }: { readonly locale: Locale }): VNode {
  return (
    <>
      <Disc icon="check" />
      <h1>{M.text(locale, 'changed.title')}</h1>
      <p>{M.text(locale, 'changed.body')}</p>
      <Buttons>
        <LinkButton href={SECURITY}>{M.text(locale, 'changed.go')}</LinkButton>
      </Buttons>
    </>
  );
}
