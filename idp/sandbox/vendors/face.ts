// The stand-in for a face vendor: InitFaceVerify hands out a page, DescribeFaceVerify tells what came of it.
import { Router } from '@koa/router';
import { randomToken } from '../../platform/base/ids.ts';
import { Fault } from '../../platform/base/errors.ts';
import { show } from '../document.tsx';
import { ownForm, signedRoute, textOf } from '../stand-in.ts';
import { SCENES, createAttempts, type Answer } from './face-attempts.ts';
import { facePage, noFacePage } from './face-page.tsx';
import type { Vendor } from './vendors.ts';

const TITLE = '人脸核验 · Face check';

/** Not the same person: what the vendor says of everybody when it is told to be wrong. */
const NO = { Passed: 'F', SubCode: '204' };

const numbered = (answer: Answer) => ({ body: { ...answer, TransactionId: randomToken(12) } });

/** POST /InitFaceVerify, POST /DescribeFaceVerify, GET and POST /check/<CertifyId>, GET /requests.json. */
export const face: Vendor = {
  id: 'face',
  routes(parts) {
    const attempts = createAttempts(parts.clock, parts.population);
    const addressOf = (certifyId: string): string => `${parts.address}/check/${certifyId}`;
    const init = signedRoute(parts, 'RequestId', (question) => numbered(attempts.begin(question, addressOf)));
    const describe = signedRoute(parts, 'RequestId', (question, behaviour) => {
      const answer = attempts.describe(textOf(question['CertifyId']));
      const { ResultObject: found } = answer;
      const no = behaviour === 'wrong' && typeof found === 'object' ? { ...found, ...NO } : found;
      return numbered(no === undefined ? answer : { ...answer, ResultObject: no });
    });
    const router = new Router();
    router.post('/InitFaceVerify', init.handle);
    router.post('/DescribeFaceVerify', describe.handle);
    router.get('/requests.json', (ctx) => void (ctx.body = [...init.asked(), ...describe.asked()]));
    router.get('/check/:certifyId', (ctx) => {
      const attempt = attempts.find(ctx.params['certifyId'] ?? '');
      if (!attempt) ctx.status = 404;
      show(ctx, TITLE, attempt ? facePage(attempt) : noFacePage());
    });
    router.post('/check/:certifyId', async (ctx) => {
      const form = await ownForm(ctx);
      const scene = SCENES.find((known) => known === form.get('scene'));
      if (!scene) throw new Fault('bad_request');
      // A second press, or one that came too late, changes nothing: the page says how it stands.
      attempts.finish(ctx.params['certifyId'] ?? '', scene);
      ctx.status = 303;
      ctx.redirect(ctx.path);
    });
    return router;
  },
};
