import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError, apiErrors } from '../api-error.ts';
import { judgeError } from '../judge-error.ts';
import { html } from './html.ts';
import { sendPage } from './send-page.ts';
import { askToSignIn } from './sign-in.ts';

/** Says on a page what went wrong, and what to do. */
export function answerErrorPage(
  error: FastifyError | ApiError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof ApiError && error.code === 'UNAUTHORIZED') return askToSignIn(request, reply);
  const { code, message } = judgeError(error, request);
  const { status } = apiErrors[code];
  const main = html`<h1>${status === 404 ? 'There is no such page' : 'That did not work'}</h1>
    <p class="lead">${message}</p>
    <p><a class="button" href="/">All pipelines</a></p>`;
  const view = { title: 'Error', section: 'pipelines', main } as const;
  return sendPage(request, reply.status(status), view, {});
}
