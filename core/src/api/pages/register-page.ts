import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readNewestEventId } from '../../store/events.ts';
import { followPresence } from '../access/presence.ts';
import { ApiError } from '../api-error.ts';
import { viewRefused } from '../configuration-view.ts';
import { streamMessages } from '../event-stream.ts';
import type { RouteSurroundings } from '../surroundings.ts';
import type { LivePages } from './live.ts';
import type { Page, PageRequest } from './page.ts';
import { sendPage } from './send-page.ts';

const mostStreams = 1_000;

/** Lets a page be read, and followed. */
export function registerPage(
  server: FastifyInstance,
  page: Page,
  surroundings: RouteSurroundings & { readonly live: LivePages },
): void {
  const { store, now, live, stopping } = surroundings;
  const options = { config: { needs: page.needs }, schema: { hide: true } } as const;
  let open = 0;

  server.get<{ Params: Readonly<Record<string, string>> }>(page.path, options, async (request, reply) => {
    const position = await store.read(readNewestEventId);
    const view = await page.read(toPageRequest(request, now()), surroundings);
    const stream = `/live${request.url}`;
    return sendPage(request, reply, view, {
      stream: `${stream}${stream.includes('?') ? '&' : '?'}position=${position}`,
      refused: viewRefused(surroundings, request.actor) !== undefined,
    });
  });

  server.get<{ Params: Readonly<Record<string, string>> }>(
    page.path === '/' ? '/live/' : `/live${page.path}`,
    { ...options, exposeHeadRoute: false },
    async (request, reply) => {
      if (open >= mostStreams) throw new ApiError('TOO_MANY_REQUESTS', `${mostStreams} such pages are open; close some`);
      const asked = toPageRequest(request, now());
      const after = readPosition(request, asked.query);
      asked.query.delete('position');
      const left = new AbortController();
      request.raw.once('close', () => left.abort());
      const { actor, signal } = followPresence(request, surroundings, AbortSignal.any([left.signal, stopping]));
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
      open++;
      try {
        const key = `${asked.actor.name} ${request.url.split('?')[0]}?${asked.query}`;
        await streamMessages(reply.raw, live.follow({ page, request: asked, actor, key, after, signal }), signal);
      } catch (error) {
        if (!signal.aborted) request.log.error(error, `the stream of ${request.url} broke off`);
        reply.raw.destroy();
      } finally {
        open--;
      }
    },
  );
}

function toPageRequest(request: FastifyRequest<{ Params: Readonly<Record<string, string>> }>, now: number): PageRequest {
  const at = request.url.indexOf('?');
  return { params: request.params, query: new URLSearchParams(at < 0 ? '' : request.url.slice(at)), actor: request.actor, now };
}

/** After which event the page was read, or the browser was told of last. */
function readPosition(request: FastifyRequest, query: URLSearchParams): number {
  const last = request.headers['last-event-id'];
  const text = typeof last === 'string' ? last : (query.get('position') ?? '');
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}
