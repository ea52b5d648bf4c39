import type { FastifyInstance, FastifyRequest } from 'fastify';
import { answerError } from '../answer-error.ts';
import { ApiError } from '../api-error.ts';
import { answerErrorPage } from './error-page.ts';

/** Answers addresses that nothing is at: a browser gets a page, programs get what the API answers. */
export function registerUnknownPage(server: FastifyInstance, needs: 'token' | 'nothing'): void {
  server.register(async (scope) => {
    scope.setErrorHandler((error: ApiError, request, reply) =>
      isForPeople(request) ? answerErrorPage(error, request, reply) : answerError(error, request, reply),
    );
    scope.get('/*', { config: { needs }, schema: { hide: true } }, async (request) => {
      const [path] = request.url.split('?');
      throw new ApiError(
        'NOT_FOUND',
        isForPeople(request) ? `Nothing is at ${path}` : `There is no GET ${path}`,
      );
    });
  });
}

/** Browsers say that they want HTML; below `/api/` nothing is for them. */
function isForPeople({ url, headers }: FastifyRequest): boolean {
  return !url.startsWith('/api/') && /\btext\/html\b/.test(headers.accept ?? '');
}
