import cookie from '@fastify/cookie';
import swagger from '@fastify/swagger';
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { guardRoutes } from './access/guard.ts';
import { answerError, sendError } from './answer-error.ts';
import { ApiError } from './api-error.ts';
import { answerBrokenRequest } from './broken-request.ts';
import { EventHub } from './event-hub.ts';
import { everyAnswer } from './every-answer.ts';
import { OpenStreams } from './open-streams.ts';
import { registerPages } from './pages/register-pages.ts';
import { registerApprovals } from './routes/approvals.ts';
import { registerAudit } from './routes/audit.ts';
import { registerBoard } from './routes/board.ts';
import { registerCallbacks } from './routes/callbacks.ts';
import { registerCompare } from './routes/compare.ts';
import { registerConfiguration } from './routes/configuration.ts';
import { registerDecisions } from './routes/decisions.ts';
import { registerEvents } from './routes/events.ts';
import { registerHealth } from './routes/health.ts';
import { registerHold } from './routes/hold.ts';
import { registerHooks } from './routes/hooks.ts';
import { registerJobHooks } from './routes/job-hooks.ts';
import { registerLevels } from './routes/levels.ts';
import { registerMe } from './routes/me.ts';
import { registerOperations } from './routes/operations.ts';
import { registerPipelines } from './routes/pipelines.ts';
import { registerPlugins } from './routes/plugins.ts';
import { registerRepositories } from './routes/repositories.ts';
import { registerRuns } from './routes/runs.ts';
import { registerSinks } from './routes/sinks.ts';
import { registerStages } from './routes/stages.ts';
import { registerTrigger } from './routes/trigger.ts';
import { registerValueStreams } from './routes/value-stream.ts';
import { requireOwnOrigin, requireSameMachine } from './same-machine.ts';
import { registerSchemas } from './schemas.ts';
import type { ApiSurroundings } from './surroundings.ts';

const bodyLimit = 1024 * 1024;

const tokenScheme = {
  type: 'http',
  scheme: 'bearer',
  description: 'A token of `access:`; without that section none is needed, and only this machine is answered',
} as const;

/** The rooms' doors, in the order in which the OpenAPI document shows them. */
const registrations = [
  registerHealth,
  registerRepositories,
  registerApprovals,
  registerBoard,
  registerHooks,
  registerJobHooks,
  registerCallbacks,
  registerPipelines,
  registerDecisions,
  registerOperations,
  registerHold,
  registerTrigger,
  registerRuns,
  registerCompare,
  registerLevels,
  registerValueStreams,
  registerStages,
  registerEvents,
  registerSinks,
  registerAudit,
  registerMe,
  registerPlugins,
  registerConfiguration,
  registerPages,
];

/**
 * Makes the HTTP server (SURFACE: `/api/v1`, described by `/api/v1/openapi.json`); it does not listen yet.
 */
export async function createApi(
  surroundings: ApiSurroundings,
  log: FastifyBaseLogger,
): Promise<FastifyInstance> {
  const { config } = surroundings.configuration();
  const server = await createServer(log, config.server.trustProxy);
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Sluice', description: 'Watches package repositories, starts pipelines', version: '1' },
      components: { securitySchemes: { token: tokenScheme } },
      security: [{ token: [] }],
    },
    refResolver: {
      buildLocalReference: ({ $id }, _base, _fragment, index) =>
        typeof $id === 'string' ? $id : `schema-${index}`,
    },
  });
  registerSchemas(server);
  server.addHook('onRequest', async (request) => {
    const { access, server: own } = surroundings.configuration().config;
    if (!access) requireSameMachine(request);
    if (!request.routeOptions.config.foreign) requireOwnOrigin(request, own.url);
  });
  guardRoutes(server, surroundings);
  const shared = { ...surroundings, events: new EventHub(surroundings.store), streams: new OpenStreams() };
  for (const register of registrations) {
    await server.register(async (scope: FastifyInstance) => register(scope, shared));
  }
  const document = {
    operationId: 'readDocument',
    summary: 'This document',
    response: { 200: { type: 'object', additionalProperties: true } },
  };
  server.get('/api/v1/openapi.json', { config: { needs: 'token' }, schema: document }, async () =>
    server.swagger(),
  );
  return server;
}

/** A server without routes: how it takes requests, and answers what goes wrong. */
export async function createServer(log: FastifyBaseLogger, trustProxy = false): Promise<FastifyInstance> {
  const server = fastify({
    loggerInstance: log,
    bodyLimit,
    forceCloseConnections: true,
    // Of one proxy: what stands before its own word in X-Forwarded-For, anybody may have written.
    ...(trustProxy && { trustProxy: (_: string, hop: number) => hop === 0 }),
    ajv: { customOptions: { removeAdditional: false } },
    // No hook is called for what fastify itself cannot read.
    frameworkErrors: (error, request, reply) => answerError(error, request, reply.headers(everyAnswer)),
    clientErrorHandler: answerBrokenRequest,
  });
  // Streams write their own headers, to which these are added.
  server.addHook('onRequest', async (_, { raw }) => {
    for (const [name, value] of Object.entries(everyAnswer)) raw.setHeader(name, value);
  });
  // Such as a connection that cannot be taken, since too many files are open.
  server.server.on('error', (error) => log.error(error, 'the HTTP server'));
  acceptEmptyBodies(server);
  // Before any hook that asks who sends a request, or answers an error with a page.
  await server.register(cookie);
  server.setErrorHandler(answerError);
  server.setNotFoundHandler((request, reply) =>
    sendError(reply, 'NOT_FOUND', `There is no ${request.method} ${request.url.split('?')[0]}`),
  );
  return server;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Requests come from other servers, which prove themselves: they need not be JSON of our own origin. */
    readonly foreign?: true;
    /** A form of our own pages is sent here, with its proof. */
    readonly form?: true;
  }
}

/**
 * Bodies are optional: whoever has nothing to say may say nothing, as JSON or as whatever their program calls
 * it.
 */
function acceptEmptyBodies(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) =>
    body.length === 0 ? done(null, null) : parse(request, String(body), done),
  );
  server.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) =>
    body.length === 0
      ? done(null, null)
      : done(new ApiError('UNSUPPORTED_MEDIA_TYPE', 'Send JSON, as application/json')),
  );
}
