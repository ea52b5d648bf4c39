import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { FastifyInstance } from 'fastify';
import { ApiError } from '../api-error.ts';

interface Asset {
  readonly type: string;
  readonly content: Buffer;
}

const ours = (name: string) => new URL(`../../../assets/${name}`, import.meta.url);
const theirs = (name: string) => createRequire(import.meta.url).resolve(name);

const script = 'text/javascript; charset=utf-8';
const sources = {
  'sluice.css': { type: 'text/css; charset=utf-8', file: ours('sluice.css') },
  'sluice.js': { type: script, file: ours('sluice.js') },
  'live.js': { type: script, file: ours('live.js') },
  'news.js': { type: script, file: ours('news.js') },
  'news-worker.js': { type: script, file: ours('news-worker.js') },
  'relative-time.js': { type: script, file: ours('relative-time.js') },
  'icon.svg': { type: 'image/svg+xml', file: ours('icon.svg') },
  'htmx.js': { type: script, file: theirs('htmx.org/dist/htmx.min.js') },
  'morph.js': { type: script, file: theirs('idiomorph/dist/idiomorph-ext.min.js') },
} as const;

const assets: ReadonlyMap<string, Asset> = new Map(
  Object.entries(sources).map(([name, { type, file }]) => [name, { type, content: readFileSync(file) }]),
);

/** Another content is another address, so that browsers may keep what they have for ever. */
const version = [...assets.values()]
  .reduce((hash, { content }) => hash.update(content), createHash('sha256'))
  .digest('hex')
  .slice(0, 16);

/** Where a page finds one of the files that all pages share. */
export function assetPath(name: keyof typeof sources): string {
  return `/assets/${version}/${name}`;
}

/** The files that all pages share: a stylesheet, scripts, an icon. Nothing comes from elsewhere. */
export function registerAssets(server: FastifyInstance): void {
  server.get<{ Params: { readonly version: string; readonly name: string } }>(
    '/assets/:version/:name',
    { config: { needs: 'nothing' }, schema: { hide: true } },
    async ({ params }, reply) => {
      const asset = params.version === version ? assets.get(params.name) : undefined;
      if (!asset)
        throw new ApiError(
          'NOT_FOUND',
          `There is no file ${params.name} of this version; load the page again`,
        );
      return reply
        .type(asset.type)
        .header('cache-control', 'public, max-age=31536000, immutable')
        .send(asset.content);
    },
  );
}
