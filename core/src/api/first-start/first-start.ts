import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { FirstConfig } from '../../config/first-config.ts';
import type { LoadedPlugin } from '../../plugins/plugin-host.ts';
import { type FormBody, formRoute } from '../pages/forms.ts';
import { registerFace } from '../pages/register-face.ts';
import { sendPage } from '../pages/send-page.ts';
import { registerUnknownPage } from '../pages/unknown-page.ts';
import { requireOwnOrigin, requireSameMachine } from '../same-machine.ts';
import { createServer } from '../server.ts';
import { type Draft, readDraft } from './draft.ts';
import { showFirstStart, showState } from './first-start-page.ts';

/** What a draft of a configuration leads to when it is tried. */
export type Tried =
  | { readonly problems: readonly string[] }
  | {
      /** The newest, newest first. */
      readonly versions: readonly string[];
      readonly total: number;
    };

/** What the page of the first start is lent. */
export interface FirstStartSurroundings {
  /** Where the configuration is waited for. */
  readonly file: string;
  readonly plugins: ReadonlyMap<string, LoadedPlugin>;
  /** What is wrong with the file that is there by now; empty while there is none. */
  problems(): readonly string[];
  /** The draft as sluice.yaml. */
  write(draft: FirstConfig): string;
  /** Checks a draft, and asks its repository. */
  tryOut(draft: FirstConfig): Promise<Tried>;
}

const schema = { hide: true } as const;

/**
 * Makes the server of a first start: one page, for this machine only, that helps to write a configuration. It
 * does not listen yet.
 */
export async function createFirstStart(
  around: FirstStartSurroundings,
  log: FastifyBaseLogger,
): Promise<FastifyInstance> {
  const server = await createServer(log);
  server.addHook('onRequest', async (request) => {
    requireSameMachine(request);
    requireOwnOrigin(request, undefined);
  });
  await server.register((scope: FastifyInstance) => registerFirstStart(scope, around));
  return server;
}

async function registerFirstStart(server: FastifyInstance, around: FirstStartSurroundings): Promise<void> {
  await registerFace(server);
  registerUnknownPage(server, 'nothing');
  const view = (draft: Draft, tried?: Tried) => ({
    title: 'First start',
    section: undefined,
    main: showFirstStart(around, draft, tried),
  });

  server.get<{ Querystring: { readonly plugin?: string } }>('/', { schema }, (request, reply) =>
    sendPage(request, reply, view(readDraft(around.plugins, { plugin: request.query.plugin })), {}),
  );

  server.post<{ Body: FormBody }>('/check', formRoute(server, 'nothing'), async (request, reply) => {
    const draft = readDraft(around.plugins, request.body);
    return sendPage(request, reply, view(draft, await around.tryOut(draft)), {});
  });

  // The server that comes after this one leads whoever still asks to its own pages.
  server.get('/first-start', { schema }, async (_, reply) =>
    reply.type('text/html; charset=utf-8').send(showState(around).text),
  );
}
