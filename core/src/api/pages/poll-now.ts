import type { FastifyInstance } from 'fastify';
import { pathOfRepository } from './addresses.ts';
import { callApi } from './call-api.ts';
import { type FormBody, formRoute, goBack, leaveNotice } from './forms.ts';

/** The button that has a repository polled. */
export function registerPollNow(server: FastifyInstance): void {
  server.post<{ Params: { readonly repo: string }; Body: FormBody }>(
    '/repositories/:repo/poll',
    formRoute(server, 'operator'),
    async (request, reply) => {
      const { repo } = request.params;
      await callApi(request, `/api/v1/repositories/${encodeURIComponent(repo)}/poll`, {});
      leaveNotice(reply, `${repo} will be polled at once.`);
      return goBack(reply, request.body, pathOfRepository(repo));
    },
  );
}
