import csrf from '@fastify/csrf-protection';
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { registerAssets } from './assets.ts';
import { answerErrorPage } from './error-page.ts';
import type { FormBody } from './forms.ts';
import { registerTheme } from './theme.ts';

const formLimit = 64 * 1024;

/**
 * What every page stands on: forms with their proof, errors as pages, the files that all share, the switch of
 * colours.
 */
export async function registerFace(server: FastifyInstance): Promise<void> {
  await server.register(formbody, { bodyLimit: formLimit });
  await server.register(csrf, {
    cookieKey: 'sluice-csrf',
    cookieOpts: { path: '/', httpOnly: true, sameSite: 'strict' },
    getToken: readProof,
  });
  server.setErrorHandler(answerErrorPage);
  registerAssets(server);
  registerTheme(server);
}

/** Each form of a page has one; a browser or a script that sends all of them sends the same proof several times. */
function readProof({ body }: FastifyRequest): string | undefined {
  const sent = (body as FormBody | null | undefined)?.['_csrf'];
  const [first]: readonly unknown[] = Array.isArray(sent) ? sent : [sent];
  return typeof first === 'string' ? first : undefined;
}
