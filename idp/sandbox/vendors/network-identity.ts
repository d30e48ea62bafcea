// The stand-in for the national network identity service: an interface for the system, and the app for the citizen.
import { Router } from '@koa/router';
import type { Context } from 'koa';
import { Fault } from '../../platform/base/errors.ts';
import { envelope, transactions } from '../authorities.ts';
import type { Behaviour } from '../behaviour.ts';
import { show } from '../document.tsx';
import { PERSONAS } from '../personas.ts';
import { ownForm, signedRoute, textOf, type Question, type Reply } from '../stand-in.ts';
import { TITLE, askPage, endPage, overPage } from './network-identity/app.tsx';
import { ACTS, createSequences, type Sequences } from './network-identity/sequences.ts';
import type { Vendor } from './vendors.ts';

/**
 * POST /v1/sequences { RequestId, Purpose, Assurance, ReturnUrl } begins, POST /v1/results { RequestId, BizSeq } tells how
 * it ended; /app/:bizSeq is the app.
 */
export const networkIdentity: Vendor = {
  id: 'network-identity',
  routes(parts) {
    const sequences = createSequences(parts.clock);
    const begins = signedRoute(parts, 'RequestId', begin(sequences, parts.address));
    const results = signedRoute(parts, 'RequestId', tell(sequences));
    return new Router()
      .post('/v1/sequences', begins.handle)
      .post('/v1/results', results.handle)
      .get('/requests.json', (ctx) => void (ctx.body = [...begins.asked(), ...results.asked()]))
      .get('/app/:bizSeq', (ctx) => showApp(ctx, sequences))
      .post('/app/:bizSeq', (ctx) => act(ctx, sequences));
  },
};

function begin(sequences: Sequences, address: string): (question: Question) => Reply {
  const transaction = transactions();
  return (question) => {
    const requestId = textOf(question['RequestId']);
    const sequence = sequences.begin(requestId, textOf(question['ReturnUrl']));
    if (!sequence)
      return { body: { Code: '418', Message: 'too many', TransactionId: transaction(requestId) } };
    const { bizSeq: BizSeq, expiresAt } = sequence;
    const AppUrl = `${address}/app/${BizSeq}`;
    return { body: envelope(transaction(BizSeq), { BizSeq, AppUrl, ExpiresAt: expiresAt.toISOString() }) };
  };
}

function tell(sequences: Sequences): (question: Question, behaviour: Behaviour) => Reply {
  const transaction = transactions();
  return (question, behaviour) => {
    const BizSeq = textOf(question['BizSeq']);
    const told = sequences.resultOf(BizSeq, textOf(question['RequestId']));
    const result = behaviour === 'wrong' ? { Result: 'no_network_identity' } : told;
    return { body: envelope(transaction(BizSeq), { BizSeq, ...result }) };
  };
}

function showApp(ctx: Context, sequences: Sequences): void {
  const sequence = sequences.find(bizSeqOf(ctx));
  show(ctx, TITLE, !sequence ? overPage() : sequence.result ? endPage(sequence) : askPage());
}

async function act(ctx: Context, sequences: Sequences): Promise<void> {
  const form = await ownForm(ctx);
  const persona = PERSONAS.find(({ id }) => id === form.get('persona'));
  const chosen = ACTS.find((known) => known === form.get('act'));
  if (!persona || !chosen) throw new Fault('bad_request');
  sequences.end(bizSeqOf(ctx), persona, chosen);
  ctx.redirect(ctx.path);
  ctx.status = 303;
}

const bizSeqOf = (ctx: Context): string => ctx.path.slice(ctx.path.lastIndexOf('/') + 1);
