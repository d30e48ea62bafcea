// The pages of a production registration: what is filled in, what stands against it, and one part at a time.
import type { VNode } from 'preact';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { Form } from '../../platform/http/step.ts';
import { fieldId, type FieldProblem } from '../../platform/ui/form.tsx';
import {
  CLAIM_TABLE,
  isSensitive,
  isWritable,
  type Complaint,
  type Given,
  type OwnedClient,
  type RequestDetail,
} from '../../registry/registry.ts';
import { Note, Status } from '../frame/icons.tsx';
import { Past, Progress } from '../requests/course.tsx';
import { M as R } from '../requests/messages.ts';
import { PreCheck } from '../requests/review.tsx';
import { claimName, memberName, partName } from '../requests/words.ts';
import { M } from './messages.ts';
import { claimsOf, sectionOf, SECTIONS, shownOf, type Field } from './sections.ts';

export interface LaunchProps {
  readonly locale: Locale;
  readonly now: Date;
  readonly self: string;
  readonly client: OwnedClient;
  /** `/developers/clients/<id>/production`. */
  readonly place: string;
  readonly hidden: VNode;
}

/** Nothing is open: what beginning means, and the button. */
export function Start({ locale, client, place, hidden }: LaunchProps): VNode {
  const launches = client.environment === 'sandbox' || client.state === 'draft';
  const name = client.name[locale];
  const trial = client.path.startsWith('trial/');
  const lines = launches ? (['start.launch', 'start.copy'] as const) : (['start.beside'] as const);
  return (
    <section class="card in stack">
      <h1>{M.text(locale, launches ? 'start.title' : 'start.change', { name })}</h1>
      {lines.map((line) => (
        <p key={line}>{M.text(locale, line)}</p>
      ))}
      {trial || client.state === 'retired' ? (
        <Note is="warn">
          <p>{M.text(locale, trial ? 'start.trial' : 'start.retired')}</p>
        </Note>
      ) : (
        <form method="post" action={place}>
          {hidden}
          <button class="btn p" type="submit">
            {M.text(locale, 'start.go')}
          </button>
        </form>
      )}
    </section>
  );
}

export interface DraftProps extends LaunchProps {
  readonly request: RequestDetail;
  readonly complaints: readonly Complaint[];
  /** Somebody changed it meanwhile: what was sent is not kept. */
  readonly changed: boolean;
}

/** What is filled in, row by row, and what happens next. */
export function Draft(props: DraftProps): VNode {
  const { locale, request, place, hidden, changed, client } = props;
  const writes = isWritable(request.state);
  const launches = request.kind === 'launch';
  return (
    <>
      <div class="head">
        <div>
          <h1>
            {M.text(locale, launches ? 'start.title' : 'start.change', { name: client.name[locale] })}{' '}
            <Status is={request.state === 'returned' ? 'warn' : 'wait'} pill>
              {R.text(locale, request.stage ? `stage.${request.stage}` : `state.${request.state}`)}
            </Status>
          </h1>
          <p>
            {M.text(locale, 'form.lead', { id: request.id })} <span class="m">{request.clientId}</span>
          </p>
        </div>
      </div>
      {changed && (
        <Note is="warn">
          <p>{M.text(locale, 'form.changed')}</p>
        </Note>
      )}
      {request.state === 'returned' && (
        <Note is="warn">
          <p>{M.text(locale, 'form.returned')}</p>
        </Note>
      )}
      {request.submittedAt && <Progress {...props} />}
      <div class="cols">
        <div>
          <Summary {...props} writes={writes} />
        </div>
        <aside aria-label={M.text(locale, 'form.check')}>
          <PreCheck locale={locale} complaints={props.complaints} />
          {writes && <SubmitForm {...props} />}
          <Past {...props} />
          <form class="card in stack" method="post" action={`${place}/withdraw`}>
            {hidden}
            <input type="hidden" name="version" value={request.version} />
            <p class="q">{M.text(locale, 'form.withdraw.hint')}</p>
            <button class="btn" type="submit">
              {M.text(locale, 'form.withdraw')}
            </button>
          </form>
        </aside>
      </div>
    </>
  );
}

function SubmitForm({ locale, request, place, hidden }: DraftProps): VNode {
  const way = request.stages.map(({ stage }) => R.text(locale, `stage.${stage}`)).join(' → ');
  return (
    <form class="card in stack" method="post" action={`${place}/submit`}>
      {hidden}
      <input type="hidden" name="version" value={request.version} />
      {way !== '' && <p>{M.text(locale, 'form.way', { way })}</p>}
      <button class="btn p w" type="submit">
        {M.text(locale, 'form.submit')}
      </button>
      <p class="q">{M.text(locale, 'form.submit.hint')}</p>
    </form>
  );
}

function Summary(props: DraftProps & { readonly writes: boolean }): VNode {
  const { locale, request, place, complaints, writes } = props;
  const { draft } = request;
  const against = (section: string): readonly Complaint[] =>
    complaints.filter(({ member }) => sectionOf(member) === section);
  const claims = Object.entries(claimsOf(draft));
  return (
    <section class="card" aria-labelledby="s-form">
      <header>
        <h2 id="s-form">{M.text(locale, 'form.sections')}</h2>
        {writes && <p>{M.text(locale, 'form.saved')}</p>}
      </header>
      <dl class="sum-l">
        {SECTIONS.map(({ id, fields }) => (
          <Row
            key={id}
            locale={locale}
            name={M.text(locale, `section.${id}` as 'section.name')}
            href={writes ? `${place}/${id}` : undefined}
            lines={fields.flatMap((field) => shownOf(field, draft).split('\n').slice(0, 6).filter(Boolean))}
            complaints={against(id)}
          />
        ))}
        {claims.map(([claim, asked]) => (
          <Row
            key={claim}
            locale={locale}
            name={claimName(locale, claim)}
            sensitive={isSensitive(claim)}
            href={writes ? `${place}/claims/${claim}` : undefined}
            lines={[asked['purpose'], asked['legal_basis'], asked['retention']].filter(Boolean).map(String)}
            complaints={against(`claims/${claim}`)}
          />
        ))}
      </dl>
      {claims.length === 0 && <p class="in q">{M.text(locale, 'form.claim.none')}</p>}
      {writes && <AddClaim locale={locale} place={place} asked={claims.map(([claim]) => claim)} />}
    </section>
  );
}

interface RowProps {
  readonly locale: Locale;
  readonly name: string;
  readonly sensitive?: boolean;
  readonly href: string | undefined;
  readonly lines: readonly string[];
  readonly complaints: readonly Complaint[];
}

function Row({ locale, name, sensitive = false, href, lines, complaints }: RowProps): VNode {
  return (
    <div>
      <dt>
        {name} {sensitive && <span class="tag hi">{R.text(locale, 'diff.sensitive')}</span>}
      </dt>
      <dd>
        {lines.length === 0 && <span class="q">{M.text(locale, 'form.empty')}</span>}
        {lines.map((line, place) => (
          <span key={`${place} ${line}`}>
            {place > 0 && <br />}
            {line}
          </span>
        ))}
        {complaints.map(({ member, text }) => (
          <p key={`${member} ${text.en}`}>
            <Status is="bad">{text[locale]}</Status>
          </p>
        ))}
      </dd>
      <dd>
        {href !== undefined && (
          <a href={href}>
            {M.text(locale, 'form.edit')}
            <span class="sr"> {name}</span>
          </a>
        )}
      </dd>
    </div>
  );
}

interface AddProps {
  readonly locale: Locale;
  readonly place: string;
  readonly asked: readonly string[];
}

function AddClaim({ locale, place, asked }: AddProps): VNode {
  const others = Object.keys(CLAIM_TABLE).filter((claim) => !asked.includes(claim));
  return (
    <form class="in row" method="get" action={`${place}/claims`}>
      <div class="fld">
        <label for="claim">{M.text(locale, 'form.claim.add')}</label>
        <select id="claim" name="claim">
          <option value="">{M.text(locale, 'form.claim.choose')}</option>
          {others.map((claim) => (
            <option key={claim} value={claim}>
              {claimName(locale, claim)}
            </option>
          ))}
        </select>
      </div>
      <button class="btn" type="submit">
        {M.text(locale, 'form.claim.go')}
      </button>
    </form>
  );
}

export interface EditProps extends LaunchProps {
  readonly title: string;
  readonly action: string;
  readonly fields: readonly Field[];
  readonly given: Given;
  readonly version: number;
  readonly values: Form | undefined;
  readonly problems: readonly FieldProblem[];
  /** A claim that can be taken out again. */
  readonly removable: boolean;
}

/** One part of the registration. */
export function Edit(props: EditProps): VNode {
  const { locale, title, action, fields, place, hidden, version, removable } = props;
  return (
    <>
      <div class="head">
        <div>
          <p class="crumb">
            <a href={place}>{M.text(locale, 'edit.back')}</a>
          </p>
          <h1>{title}</h1>
        </div>
      </div>
      <form class="card in stack" method="post" action={action} noValidate>
        {hidden}
        <input type="hidden" name="version" value={version} />
        {fields.map((field) => (
          <EditField key={field.member} {...props} field={field} />
        ))}
        <p>
          <button class="btn p" type="submit">
            {M.text(locale, 'edit.save')}
          </button>
        </p>
      </form>
      {removable && (
        <form method="post" action={action}>
          {hidden}
          <input type="hidden" name="version" value={version} />
          <input type="hidden" name="act" value="remove" />
          <button class="btn d" type="submit">
            {M.text(locale, 'edit.remove')}
          </button>
        </form>
      )}
    </>
  );
}

const textOf = (locale: Locale, key: string): string | undefined =>
  Object.hasOwn(M.texts[locale], key) ? M.texts[locale][key] : undefined;

function EditField({ locale, field, given, values, problems }: EditProps & { readonly field: Field }): VNode {
  const { member, kind, choices = [] } = field;
  const id = fieldId(member);
  const value = values ? (values[member] ?? '') : shownOf(field, given);
  const own = partName(locale, member);
  const label = textOf(locale, `field.${member}`) ?? (own === member ? memberName(locale, member) : own);
  const hint = textOf(locale, `hint.${member}`);
  const wrong = problems.filter((one) => one.field === member);
  const about = {
    id,
    name: member,
    'aria-describedby':
      [hint && `${id}-h`, wrong.length > 0 && `${id}-e`].filter(Boolean).join(' ') || undefined,
    'aria-invalid': wrong.length > 0 ? ('true' as const) : undefined,
  };
  if (kind === 'flag')
    return (
      <label class="check">
        <input {...about} type="checkbox" value="yes" checked={value === 'yes'} />
        <span>{label}</span>
      </label>
    );
  return (
    <div class="fld">
      <label for={id}>{label}</label>
      {hint !== undefined && (
        <span class="hint" id={`${id}-h`}>
          {hint}
        </span>
      )}
      {wrong.length > 0 && (
        <div id={`${id}-e`}>
          {wrong.map(({ text }) => (
            <p key={text}>
              <Status is="bad">{text}</Status>
            </p>
          ))}
        </div>
      )}
      {kind === 'choice' ? (
        <select {...about}>
          <option value="">{M.text(locale, 'form.empty')}</option>
          {choices.map((choice) => (
            <option key={choice} value={choice} selected={choice === value}>
              {textOf(locale, `choice.${choice}`) ?? choice}
            </option>
          ))}
        </select>
      ) : kind === 'lines' || kind === 'json' ? (
        <textarea {...about} class="url" spellcheck={false}>
          {value}
        </textarea>
      ) : (
        <input {...about} type="text" value={value} autocomplete="off" />
      )}
    </div>
  );
}

export function Told({ locale, secret, place }: { locale: Locale; secret: string; place: string }): VNode {
  return (
    <section class="card in stack">
      <h1>{M.text(locale, 'secret.title')}</h1>
      <p>{M.text(locale, 'secret.once')}</p>
      <p class="once">
        <code>{secret}</code>
      </p>
      <p class="q">{M.text(locale, 'secret.lost')}</p>
      <p>
        <a class="btn p" href={place}>
          {M.text(locale, 'secret.go')}
        </a>
      </p>
    </section>
  );
}
