import type { FastifyInstance } from 'fastify';
import { findRevision } from '../../store/pinnable.ts';
import { findPackageId } from '../../store/read-repositories.ts';
import { ApiError } from '../api-error.ts';
import { readBoardPage } from '../read-board.ts';
import { traceRun, traceVisible } from '../read-value-stream.ts';
import { answerOne } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';
import { type OfRun, unknownRun } from '../view-run.ts';
import { runParams } from './runs.ts';

interface OfRevision {
  readonly repo: string;
  readonly pkg: string;
  readonly version: string;
}

/** What flowed into a run and what it flowed into; what used a version, and where that is now. */
export function registerValueStreams(server: FastifyInstance, surroundings: ApiSurroundings): void {
  const { store, configuration } = surroundings;

  server.get<{ Params: OfRun }>(
    '/api/v1/pipelines/:pipeline/runs/:counter/value-stream',
    {
      config: { needs: 'view' },
      schema: {
        operationId: 'readRunValueStream',
        summary: 'Everything that flowed into a run, and everything that it flowed into',
        params: runParams,
        response: answerOne('ValueStream'),
      },
    },
    async ({ params, actor }) => {
      const { config } = configuration();
      const stream = await store.read((tx) => traceRun(tx, params, { config, actor }));
      if (!stream) throw unknownRun(params);
      return stream;
    },
  );

  server.get<{ Params: OfRevision }>(
    '/api/v1/repositories/:repo/packages/:pkg/revisions/:version/value-stream',
    {
      config: { needs: 'viewer' },
      schema: {
        operationId: 'readRevisionValueStream',
        summary: 'Every run that used a version, what published it, and at which levels it is now',
        response: answerOne('RevisionValueStream'),
      },
    },
    async ({ params: { repo, pkg, version }, actor }) => {
      const { config } = configuration();
      const found = await store.read(async (tx) => {
        const packageId = await findPackageId(tx, repo, pkg);
        const id = packageId === undefined ? undefined : await findRevision(tx, packageId, version);
        if (packageId === undefined || id === undefined) return undefined;
        const board = await readBoardPage(
          tx,
          { packageId, name: `${repo}/${pkg}`, version, limit: 1 },
          { config, actor },
        );
        return {
          ...(await traceVisible(tx, { kind: 'package', id }, { config, actor })),
          levels: board.items[0]?.cells ?? [],
        };
      });
      if (!found) throw new ApiError('NOT_FOUND', `There is no revision ${version} of ${repo}/${pkg}`);
      return { ...found, levels: found.levels.filter((cell) => cell !== null) };
    },
  );
}
