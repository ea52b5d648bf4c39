import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readNewestEventId } from '../../store/events.ts';
import { viewRefused } from '../configuration-view.ts';
import type { RouteSurroundings } from '../surroundings.ts';
import type { LivePages, Place } from './live.ts';
import type { Page, PageRequest } from './page.ts';
import { sendPage } from './send-page.ts';

/** Lets a page be read, and kept true. */
export function registerPage(
  server: FastifyInstance,
  page: Page,
  surroundings: RouteSurroundings & { readonly live: LivePages },
): void {
  const { store, now, live } = surroundings;
  const options = { config: { needs: page.needs }, schema: { hide: true } } as const;

  server.get<{ Params: Readonly<Record<string, string>> }>(page.path, options, async (request, reply) => {
    const position = await store.read(readNewestEventId);
    const view = await page.read(toPageRequest(request, now()), surroundings);
    return sendPage(request, reply, view, {
      live: {
        path: `/live${request.url}`,
        place: writePlace({ position, seen: undefined }),
        refreshMs: page.refreshMs,
      },
      refused: viewRefused(surroundings, request.actor) !== undefined,
    });
  });

  // What has changed of an open page: a request like any other, so that it is answered to those only whom the
  // page is shown to.
  server.get<{ Params: Readonly<Record<string, string>> }>(
    page.path === '/' ? '/live/' : `/live${page.path}`,
    options,
    async (request, reply) => {
      const asked = toPageRequest(request, now());
      const place = takePlace(asked.query);
      const key = `${asked.actor.name} ${request.url.split('?')[0]}?${asked.query}`;
      const changes = await live.findChanges({ page, request: asked, key, place });
      return reply
        .type('text/html; charset=utf-8')
        .headers({ 'cache-control': 'no-store', 'sluice-place': writePlace(changes.place) })
        .send(changes.text);
    },
  );
}

function toPageRequest(
  request: FastifyRequest<{ Params: Readonly<Record<string, string>> }>,
  now: number,
): PageRequest {
  const at = request.url.indexOf('?');
  return {
    params: request.params,
    query: new URLSearchParams(at < 0 ? '' : request.url.slice(at)),
    actor: request.actor,
    now,
  };
}

const placePattern = /^(\d{1,15})(?:\.([\w-]{22}))?$/;

function writePlace({ position, seen }: Place): string {
  return seen === undefined ? String(position) : `${position}.${seen}`;
}

/** Takes out of a query where the browser is. */
function takePlace(query: URLSearchParams): Place {
  const [, position = '0', seen] = placePattern.exec(query.get('place') ?? '') ?? [];
  query.delete('place');
  return { position: Number(position), seen };
}
