// Taking a client live, and changing one that is: the draft, part by part, and its submission. Not here: how it is
// decided (requests/), sandbox clients (developers/).
import type { VNode } from 'preact';
import { Fault, type MemberComplaint } from '../../platform/base/errors.ts';
import { readForm } from '../../platform/http/body.ts';
import type { Routes } from '../../platform/http/feature.ts';
import { csrf, hiddenCsrf } from '../../platform/http/guards.ts';
import type { Form } from '../../platform/http/step.ts';
import type { FieldProblem } from '../../platform/ui/form.tsx';
import {
  CLAIM_TABLE,
  isWritable,
  type Given,
  type OwnedClient,
  type RequestDetail,
} from '../../registry/registry.ts';
import {
  draw,
  seeOther,
  visiting,
  type AdminParts,
  type Context,
  type Handler,
  type Visitor,
} from '../frame/frame.tsx';
import { claimName } from '../requests/words.ts';
import { M } from './messages.ts';
import { Draft, Edit, Start, Told, type LaunchProps } from './pages.tsx';
import { CLAIM_FIELDS, claimsOf, sectionOf, SECTIONS, written, type Field } from './sections.ts';

const PLACE = '/developers/clients/:id/production';

export function launchRoutes(router: Routes, parts: AdminParts): void {
  const page = (handler: (parts: AdminParts, ctx: Context, visitor: Visitor) => Promise<void>): Handler => {
    return async (ctx, visitor) => {
      withPosts(visitor);
      await handler(parts, ctx, visitor);
    };
  };
  router.get(PLACE, visiting(parts, page(show)));
  router.post(PLACE, csrf, visiting(parts, page(begin)));
  router.post(`${PLACE}/submit`, csrf, visiting(parts, page(submit)));
  router.post(`${PLACE}/withdraw`, csrf, visiting(parts, page(withdraw)));
  router.get(`${PLACE}/claims`, visiting(parts, page(addClaim)));
  router.get(`${PLACE}/claims/:claim`, visiting(parts, page(edit)));
  router.post(`${PLACE}/claims/:claim`, csrf, visiting(parts, page(save)));
  router.get(`${PLACE}/:section`, visiting(parts, page(edit)));
  router.post(`${PLACE}/:section`, csrf, visiting(parts, page(save)));
}

/** A post counts with a passkey: whoever holds one is led there, and not told that the client is not theirs. */
function withPosts({ entered, operator }: Visitor): void {
  const posted = operator?.posts.some(({ path }) => !path.startsWith('trial/')) === true;
  if (posted && entered.passkeyAt === undefined) throw new Fault('passkey_needed', { note: 'a post' });
}

interface Standing {
  readonly client: OwnedClient;
  readonly request: RequestDetail | undefined;
  readonly place: string;
}

async function standing(parts: AdminParts, ctx: Context, { actor }: Visitor): Promise<Standing> {
  const id = String(ctx['params'].id);
  const client = await parts.changes.clientOf(actor, id);
  const open = await parts.changes.openOf(actor, id);
  const request = open === undefined ? undefined : await parts.changes.find(actor, open);
  return { client, request, place: `/developers/clients/${id}/production` };
}

const propsOf = (
  parts: AdminParts,
  ctx: Context,
  { actor }: Visitor,
  { client, place }: Standing,
): LaunchProps => ({
  locale: ctx.state.locale,
  now: parts.clock.now(),
  self: actor.name,
  client,
  place,
  hidden: hiddenCsrf(ctx),
});

async function show(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  await drawDraft(parts, ctx, visitor, {});
}

interface Again {
  readonly status?: number;
  readonly complaints?: readonly MemberComplaint[];
}

async function drawDraft(
  parts: AdminParts,
  ctx: Context,
  visitor: Visitor,
  { status, complaints: told = [] }: Again,
): Promise<void> {
  const { locale } = ctx.state;
  const where = await standing(parts, ctx, visitor);
  const { client, request, place } = where;
  const props = propsOf(parts, ctx, visitor, where);
  const complaints = request ? await parts.changes.complaints(visitor.actor, request.id) : [];
  const launches = client.environment === 'sandbox' || client.state === 'draft';
  draw(parts, ctx, visitor, {
    title: M.text(locale, launches ? 'start.title' : 'start.change', { name: client.name[locale] }),
    current: 'portal',
    at: place,
    problems: told.map(({ text }) => ({ field: undefined, text: text[locale] })),
    ...(status === undefined ? {} : { status }),
    children: request ? (
      <Draft {...props} request={request} complaints={complaints} changed={status === 409} />
    ) : (
      <Start {...props} />
    ),
  });
}

async function begin(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  await readForm(ctx);
  const { client, request, place } = await standing(parts, ctx, visitor);
  const { actor } = visitor;
  if (!request && client.environment === 'sandbox')
    await parts.changes.launch(actor, { unitId: client.unitId, originId: client.clientId });
  else if (!request) await parts.changes.begin(actor, client.clientId);
  seeOther(ctx, place);
}

/** The open request, as somebody who may write it needs it; without one, the page that begins one. */
async function openRequest(parts: AdminParts, ctx: Context, visitor: Visitor) {
  const where = await standing(parts, ctx, visitor);
  if (!where.request) throw new Fault('not_found', { note: 'no open request', onward: where.place });
  return { ...where, request: where.request };
}

async function submit(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  const { locale } = ctx.state;
  const form = await readForm(ctx);
  const { request, place } = await openRequest(parts, ctx, visitor);
  try {
    const { secret } = await parts.changes.submit(visitor.actor, request.id, Number(form['version']));
    if (!secret) return seeOther(ctx, place);
    // Shown in the answer itself: a secret that waited for a second request would have to be kept meanwhile.
    draw(parts, ctx, visitor, {
      title: M.text(locale, 'secret.title'),
      current: 'portal',
      at: place,
      children: <Told locale={locale} secret={secret.reveal()} place={place} />,
    });
  } catch (error) {
    await explain(parts, ctx, visitor, error);
  }
}

async function withdraw(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  const form = await readForm(ctx);
  const { request, place } = await openRequest(parts, ctx, visitor);
  try {
    await parts.changes.withdraw(visitor.actor, request.id, Number(form['version']));
    seeOther(ctx, place);
  } catch (error) {
    await explain(parts, ctx, visitor, error);
  }
}

/** What is wrong with the draft, or who was faster, on the page of the draft. */
async function explain(parts: AdminParts, ctx: Context, visitor: Visitor, error: unknown): Promise<void> {
  if (!(error instanceof Fault)) throw error;
  const { complaints } = error.detail;
  if (error.code === 'conflict') return await drawDraft(parts, ctx, visitor, { status: 409 });
  if (complaints === undefined) throw error;
  await drawDraft(parts, ctx, visitor, { complaints });
}

async function addClaim(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  const { place } = await openRequest(parts, ctx, visitor);
  const claim = String(ctx.query['claim'] ?? '');
  seeOther(ctx, Object.hasOwn(CLAIM_TABLE, claim) ? `${place}/claims/${claim}` : place);
}

interface Editing {
  readonly title: string;
  readonly action: string;
  readonly fields: readonly Field[];
  /** The part of the draft that the fields are of. */
  readonly given: Given;
  readonly removable: boolean;
  /** The whole draft with that part in it; undefined: without it. */
  readonly whole: (part: Given | undefined) => Given;
  /** The field of this page that a complaint is about. */
  readonly fieldOf: (member: string) => string | undefined;
}

/** What the address names; Fault `not_found` for what is no part of a registration. */
function editingOf(ctx: Context, draft: Given, place: string): Editing {
  const { locale } = ctx.state;
  const { section, claim } = ctx['params'] as Readonly<Record<string, string | undefined>>;
  if (claim !== undefined) return claimEditing(ctx, claim, draft, place);
  const found = SECTIONS.find(({ id }) => id === section);
  if (!found) throw new Fault('not_found', { note: 'a part of a registration', onward: place });
  return {
    title: M.text(locale, `section.${found.id}` as 'section.name'),
    action: `${place}/${found.id}`,
    fields: found.fields,
    given: draft,
    removable: false,
    whole: (part) => part ?? draft,
    fieldOf: (member) => (sectionOf(member) === found.id ? member.split('.')[0] : undefined),
  };
}

function claimEditing(ctx: Context, claim: string, draft: Given, place: string): Editing {
  if (!Object.hasOwn(CLAIM_TABLE, claim)) throw new Fault('not_found', { note: 'a claim', onward: place });
  const { [claim]: asked, ...others } = claimsOf(draft);
  const member = `tongxing_claims.${claim}`;
  return {
    title: claimName(ctx.state.locale, claim),
    action: `${place}/claims/${claim}`,
    fields: CLAIM_FIELDS,
    given: asked ?? {},
    removable: asked !== undefined,
    whole: (part) => ({ ...draft, tongxing_claims: part ? { ...others, [claim]: part } : others }),
    fieldOf: (of) =>
      of === member ? 'purpose' : of.startsWith(`${member}.`) ? of.slice(member.length + 1) : undefined,
  };
}

async function edit(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  const where = await openRequest(parts, ctx, visitor);
  if (!isWritable(where.request.state)) return seeOther(ctx, where.place);
  const editing = editingOf(ctx, where.request.draft, where.place);
  // What stands against the part is told at its fields, once something is written there.
  const complaints =
    Object.keys(editing.given).length > 0
      ? await parts.changes.complaints(visitor.actor, where.request.id)
      : [];
  drawEdit(parts, ctx, visitor, where, editing, problemsAt(ctx, editing, complaints), undefined, 200);
}

function problemsAt(
  ctx: Context,
  { fieldOf }: Editing,
  complaints: readonly MemberComplaint[],
): readonly FieldProblem[] {
  return complaints.flatMap(({ member, text }) => {
    const field = fieldOf(member);
    return field === undefined ? [] : [{ field, text: text[ctx.state.locale] }];
  });
}

function drawEdit(
  parts: AdminParts,
  ctx: Context,
  visitor: Visitor,
  where: Standing & { readonly request: RequestDetail },
  editing: Editing,
  problems: readonly FieldProblem[],
  values: Form | undefined,
  status: number,
): void {
  const { title, action, fields, given, removable } = editing;
  const props = {
    ...propsOf(parts, ctx, visitor, where),
    title,
    action,
    fields,
    given,
    removable,
    values,
    problems,
  };
  const page: VNode = <Edit {...props} version={where.request.version} />;
  draw(parts, ctx, visitor, { title, current: 'portal', at: action, problems, status, children: page });
}

const without = (form: Form, complaints: readonly MemberComplaint[]): Form =>
  Object.fromEntries(
    Object.entries(form).filter(([name]) => complaints.every(({ member }) => member !== name)),
  );

async function save(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  const form = await readForm(ctx);
  const where = await openRequest(parts, ctx, visitor);
  const editing = editingOf(ctx, where.request.draft, where.place);
  const read = written(editing.fields, editing.given, form);
  const removed = form['act'] === 'remove' && editing.removable;
  try {
    if (read.complaints.length > 0 && !removed)
      throw new Fault('bad_request', { complaints: read.complaints });
    const whole = editing.whole(removed ? undefined : read.given);
    await parts.changes.save(visitor.actor, where.request.id, whole, Number(form['version']));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error.code === 'conflict') return await drawDraft(parts, ctx, visitor, { status: 409 });
    const complaints = error.detail.complaints ?? [];
    if (complaints.length === 0) throw error;
    const problems = complaints.map(({ member, text }) => ({ field: member, text: text[ctx.state.locale] }));
    // A private key is not written back into a page: what could be read and was refused is emptied.
    const kept = read.complaints.length > 0 ? form : without(form, complaints);
    return drawEdit(parts, ctx, visitor, where, editing, problems, kept, 422);
  }
  seeOther(ctx, where.place);
}
