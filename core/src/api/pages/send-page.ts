import type { FastifyReply, FastifyRequest } from 'fastify';
import { readToken } from '../access/authenticate.ts';
import { takeNotice } from './forms.ts';
import { type Frame, layOut } from './layout.ts';
import type { PageView } from './page.ts';
import { readTheme } from './theme.ts';

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * What every page is sent with: nothing comes from elsewhere, nothing inline runs, and nobody keeps or frames
 * it.
 */
const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': policy,
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

/** Sends a page to the browser that asked for it. */
export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  view: PageView,
  { live, refused = false }: Partial<Pick<Frame, 'live' | 'refused'>>,
): FastifyReply {
  const frame: Frame = {
    actor: request.actor,
    signsIn: readToken(request) !== undefined,
    theme: readTheme(request),
    token: reply.generateCsrf(),
    path: request.url,
    live,
    refused,
    notice: takeNotice(request, reply),
  };
  return reply.headers(headers).send(`<!doctype html>${layOut(view, frame).text}`);
}
