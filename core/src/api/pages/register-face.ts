import csrf from '@fastify/csrf-protection';
import formbody from '@fastify/formbody';
import type { FastifyInstance } from 'fastify';
import { registerAssets } from './assets.ts';
import { answerErrorPage } from './error-page.ts';
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
  });
  server.setErrorHandler(answerErrorPage);
  registerAssets(server);
  registerTheme(server);
}
