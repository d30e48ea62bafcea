// The form that makes a sandbox client, and what it says as client metadata.
import type { VNode } from 'preact';
import type { Fault } from '../../platform/base/errors.ts';
import { hiddenCsrf } from '../../platform/http/guards.ts';
import type { Form } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { fieldId, type FieldProblem } from '../../platform/ui/form.tsx';
import type { Complaint, HeldPost } from '../../registry/registry.ts';
import type { Context } from '../frame/frame.tsx';
import { M } from './messages.ts';

const METHODS = [
  ['client_secret_basic', 'create.basic'],
  ['none', 'create.none'],
  ['private_key_jwt', 'create.key'],
] as const;

export interface NewClientProps {
  readonly ctx: Context;
  readonly form: Form;
  readonly problems: readonly FieldProblem[];
  /** Units in whose name the client can be made; empty: a place of one's own. */
  readonly posts: readonly Pick<HeldPost, 'unitId' | 'unitName'>[];
}

export function NewClient(props: NewClientProps): VNode {
  const { locale } = props.ctx.state;
  return (
    <section class="card" aria-labelledby="new">
      <header>
        <h2 id="new">{M.text(locale, 'create.title')}</h2>
        <p>{M.text(locale, 'create.hint')}</p>
      </header>
      <form class="in" method="post" action="/developers/clients" noValidate>
        {hiddenCsrf(props.ctx)}
        <div class="half">
          <TextField {...props} name="name" label="create.name" most={100} />
          <TextField {...props} name="redirect_uri" label="create.redirect" most={2_000} />
        </div>
        {props.posts.length > 0 && <Unit {...props} />}
        <Method locale={locale} chosen={props.form['method']} />
        <Keys locale={locale} form={props.form} />
        <button class="btn p" type="submit">
          {M.text(locale, 'create.button')}
        </button>
      </form>
    </section>
  );
}

interface TextFieldProps extends NewClientProps {
  readonly name: 'name' | 'redirect_uri';
  readonly label: 'create.name' | 'create.redirect';
  readonly most: number;
}

function TextField({ ctx, form, problems, name, label, most }: TextFieldProps): VNode {
  const { locale } = ctx.state;
  const problem = problems.find((one) => one.field === name)?.text;
  const id = fieldId(name);
  const described = problem === undefined ? `${id}-hint` : `${id}-hint ${id}-error`;
  return (
    <div class={problem === undefined ? 'fld' : 'fld bad'}>
      <label for={id}>{M.text(locale, label)}</label>
      <span class="hint" id={`${id}-hint`}>
        {M.text(locale, `${label}_hint`)}
      </span>
      {problem !== undefined && (
        <span class="error" id={`${id}-error`}>
          {problem}
        </span>
      )}
      <input
        id={id}
        type="text"
        name={name}
        value={form[name] ?? ''}
        maxLength={most}
        aria-describedby={described}
        {...(name === 'redirect_uri' ? { inputMode: 'url' as const } : {})}
        {...(problem === undefined ? {} : { 'aria-invalid': 'true' as const })}
      />
    </div>
  );
}

function Unit({ ctx, form, posts }: NewClientProps): VNode {
  const { locale } = ctx.state;
  return (
    <div class="fld">
      <label for="unit">{M.text(locale, 'create.unit')}</label>
      <select id="unit" name="unit">
        {posts.map(({ unitId, unitName }) => (
          <option key={unitId} value={unitId} selected={form['unit'] === unitId}>
            {unitName[locale]}
          </option>
        ))}
        <option value="" selected={form['unit'] === ''}>
          {M.text(locale, 'create.trial')}
        </option>
      </select>
    </div>
  );
}

function Method({ locale, chosen }: { locale: Locale; chosen: string | undefined }): VNode {
  return (
    <fieldset id="method">
      <legend>{M.text(locale, 'create.method')}</legend>
      {METHODS.map(([method, key]) => (
        <label class="check" key={method}>
          <input type="radio" name="method" value={method} checked={chosen === method} />
          <span>
            <b>{M.text(locale, key)}</b>
            <span class="hint">{M.text(locale, `${key}_hint`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Keys({ locale, form }: { locale: Locale; form: Form }): VNode {
  return (
    <details open={form['method'] === 'private_key_jwt'}>
      <summary>{M.text(locale, 'create.jwks')}</summary>
      <div class="fld">
        <label for="jwks">{M.text(locale, 'create.jwks')}</label>
        <span class="hint" id="jwks-hint">
          {M.text(locale, 'create.jwks_hint')}
        </span>
        <textarea class="url" id="jwks" name="jwks" spellcheck={false} aria-describedby="jwks-hint">
          {form['jwks'] ?? ''}
        </textarea>
      </div>
    </details>
  );
}

type Read =
  { readonly metadata: Readonly<Record<string, unknown>> } | { readonly problems: readonly FieldProblem[] };

/** The form as client metadata (OpenID Connect Registration 1.0 section 2), or what is missing in it. */
export function metadataOf(form: Form, locale: Locale): Read {
  const { name = '', redirect_uri: redirect = '', method = '', jwks = '' } = form;
  const problems: FieldProblem[] = [];
  const complain = (
    field: string,
    key: 'name_missing' | 'redirect_missing' | 'method_missing' | 'jwks_wrong',
  ): void => {
    problems.push({ field, text: M.text(locale, `create.${key}`) });
  };
  if (name.trim() === '') complain('name', 'name_missing');
  if (redirect.trim() === '') complain('redirect_uri', 'redirect_missing');
  if (!METHODS.some(([known]) => known === method)) complain('method', 'method_missing');
  const keys = method === 'private_key_jwt' ? parsed(jwks) : undefined;
  if (method === 'private_key_jwt' && keys === undefined) complain('jwks', 'jwks_wrong');
  if (problems.length > 0) return { problems };
  const onDevice = method === 'none' && /^http:/i.test(redirect);
  return {
    metadata: {
      client_name: name.trim(),
      redirect_uris: [redirect.trim()],
      token_endpoint_auth_method: method,
      application_type: onDevice ? 'native' : 'web',
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'openid profile phone offline_access',
      ...(keys === undefined ? {} : { jwks: keys }),
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Said at the field.
    return undefined;
  }
}

const FIELD_OF: Readonly<Record<string, string>> = {
  client_name: 'name',
  redirect_uris: 'redirect_uri',
  token_endpoint_auth_method: 'method',
  jwks: 'jwks',
};

/** What stands against a registration, at the fields of this form. */
export function problemsOf(fault: Fault, locale: Locale): readonly FieldProblem[] {
  const complaints: readonly Complaint[] = fault.detail.complaints ?? [];
  if (complaints.length === 0) return [{ field: undefined, text: fault.message }];
  return complaints.map(({ member, text }) => ({
    field: FIELD_OF[member.replace(/[.[].*$/, '')],
    text: text[locale],
  }));
}
