import type { FastifyInstance, FastifyReply, FastifyRequest, preHandlerHookHandler } from 'fastify';
import type { Needs } from '../access/require-right.ts';
import { isOwnPath } from './own-path.ts';

/** The fields of a form, as they were sent. */
export type FormBody = Readonly<Record<string, unknown>>;

interface FormRoute {
  readonly schema: { readonly hide: true };
  readonly config: { readonly form: true; readonly needs: Needs };
  readonly preHandler: preHandlerHookHandler;
}

/**
 * The options of a route that a form is sent to: it takes forms of our own pages only, made for the very
 * browser that sends them.
 */
export function formRoute(server: FastifyInstance, needs: Needs): FormRoute {
  return { schema: { hide: true }, config: { form: true, needs }, preHandler: server.csrfProtection };
}

/** The text of a field; undefined where it is left out or empty. */
export function readField(body: FormBody, name: string): string | undefined {
  const value = body[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** Sends a browser back to the page that a form was on. */
export function goBack(reply: FastifyReply, body: FormBody, otherwise = '/'): FastifyReply {
  const back = readField(body, 'back');
  return reply.redirect(back !== undefined && isOwnPath(back) ? back : otherwise, 303);
}

const noticeCookie = 'sluice-notice';
const longestNotice = 1_000;

/** Leaves a sentence for the next page that this browser opens. */
export function leaveNotice(reply: FastifyReply, notice: string): void {
  reply.setCookie(noticeCookie, notice.slice(0, longestNotice), {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    maxAge: 60,
  });
}

/** Takes the sentence that was left; it is told once. */
export function takeNotice(request: FastifyRequest, reply: FastifyReply): string | undefined {
  const notice = request.cookies[noticeCookie];
  if (notice !== undefined) reply.clearCookie(noticeCookie, { path: '/' });
  return notice;
}
