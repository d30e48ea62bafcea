// The picture of a service on our own origin: nothing that a service names is ever loaded from elsewhere.
import { Fault } from '../../platform/base/errors.ts';
import type { Feature } from '../../platform/http/feature.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { AuditedTx } from '../../audit/audit.ts';
import { ADDRESS, type Brought } from './bringing.ts';
import { findLogo, saveLogo } from './store.ts';

/** `GET /logos/<digest>.png`. */
export function logosFeature({ postgres }: { readonly postgres: Postgres }): Feature {
  return {
    name: 'logos',
    routes(router) {
      router.get('/logos/:file', async (ctx) => {
        const digest = ADDRESS.exec(ctx.path)?.[1];
        const png = digest === undefined ? undefined : await findLogo(postgres, digest);
        if (!png) throw new Fault('not_found', { note: 'a logo' });
        ctx.set('Cache-Control', 'public, max-age=31536000, immutable');
        // Even where it is opened by itself it is a picture and nothing else.
        ctx.set('X-Content-Type-Options', 'nosniff');
        ctx.set('Content-Security-Policy', "default-src 'none'; sandbox");
        ctx.type = 'image/png';
        ctx.body = png;
      });
    },
  };
}

/** Of who saves a registration: a new picture is written. Fault `bad_request` for an address that is none of ours. */
export async function keepLogo(tx: AuditedTx, logo: Brought | undefined, at: Date): Promise<void> {
  if (logo?.made) await saveLogo(tx, logo.made, at);
  else if (logo && !(await findLogo(tx, logo.digest)))
    throw new Fault('bad_request', {
      note: 'tongxing_logo is no picture of ours; bring it as a PNG in base64',
    });
}
