// Serves the files that pages load. Their addresses change with their content, so they may be kept for a year.
import { gzipSync } from 'node:zlib';
import { ASSETS, type Asset } from '../../ui/assets.ts';
import type { Feature } from '../feature.ts';

/** Compressed once at start. `more`: what single pages load. */
export function assets(more: readonly Asset[] = []): Feature {
  const files = new Map(
    [...ASSETS, ...more].map((asset) => [asset.path, { ...asset, gzip: gzipSync(asset.body, { level: 9 }) }]),
  );
  return {
    name: 'assets',
    routes(router) {
      for (const { path, type, body, gzip } of files.values()) {
        router.get(path, (ctx) => {
          ctx.set('Cache-Control', 'public, max-age=31536000, immutable');
          ctx.vary('Accept-Encoding');
          ctx.type = type;
          if (ctx.acceptsEncodings('gzip') === 'gzip') {
            ctx.set('Content-Encoding', 'gzip');
            ctx.body = gzip;
          } else ctx.body = body;
        });
      }
    },
  };
}
