import type { FastifyInstance } from 'fastify';
import type { Config } from '../../config/config.ts';
import type { Actor } from '../../pipelines/actor.ts';
import { listBehind } from '../../pipelines/fan-in/behind.ts';
import { type DecisionView, listDecisions } from '../../store/decisions.ts';
import { listDecisionsAbout } from '../../store/decisions-about.ts';
import type { Page } from '../../store/page.ts';
import { findPackages, findPipeline } from '../../store/pipelines.ts';
import { splitPackage } from '../../store/publications.ts';
import type { Tx } from '../../store/store.ts';
import { mayViewPipeline } from '../access/visible.ts';
import { type PageQuery, pageQuerySchema, toIso } from '../paging.ts';
import { pathOfRun, pathOfVersion } from '../paths.ts';
import { answerList } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';
import { type OfPipeline, requirePipeline } from './pipelines.ts';

interface DecisionQuery extends PageQuery {
  readonly version?: string;
}

const version = {
  type: 'string',
  maxLength: 255,
  description: 'Only what is about it: that names it, or is about a run, or the pass of an upstream run, with it behind',
} as const;

/** Why the pipelines did and did not run. */
export function registerDecisions(server: FastifyInstance, surroundings: ApiSurroundings): void {
  server.get<{ Params: OfPipeline; Querystring: DecisionQuery }>(
    '/api/v1/pipelines/:pipeline/decisions',
    {
      config: { needs: 'view' },
      schema: {
        operationId: 'listDecisions',
        summary: 'Why it did, why it did not run; newest first',
        querystring: { ...pageQuerySchema, properties: { ...pageQuerySchema.properties, version } },
        response: answerList('Decision'),
      },
    },
    async ({ params, query, actor }) => {
      requirePipeline(surroundings, params.pipeline);
      const { config } = surroundings.configuration();
      const { items, next } = await surroundings.store.read((tx) => readPage(tx, config, params.pipeline, query));
      return { items: items.map((decision) => viewDecision(decision, actor, config)), next };
    },
  );
}

async function readPage(
  tx: Tx,
  config: Config,
  pipeline: string,
  { version, ...page }: DecisionQuery,
): Promise<Page<DecisionView>> {
  if (version === undefined) return listDecisions(tx, pipeline, page);
  const pipelineId = await findPipeline(tx, pipeline);
  if (pipelineId === undefined) return { items: [], next: null };
  const packages = await findPackages(tx, [...listBehind(config, pipeline).packages].map(splitPackage));
  return listDecisionsAbout(tx, { pipelineId, version, packageIds: [...packages.values()], ...page });
}

function viewDecision(decision: DecisionView, actor: Actor, config: Config): Readonly<Record<string, unknown>> {
  const { at, pipeline, materials, run, upstream, ...rest } = decision;
  const isVisible = (name: string) => mayViewPipeline(actor, config, name);
  const shown = Object.entries(materials).filter(([name, value]) => typeof value === 'string' || isVisible(name));
  const pass = upstream && isVisible(upstream.pipeline) ? upstream : null;
  const links = {
    run: run === null ? null : pathOfRun(pipeline, run),
    upstream: pass && pathOfRun(pass.pipeline, pass.counter),
    materials: Object.fromEntries(
      shown.map(([name, value]) => [name, typeof value === 'string' ? pathOfVersion(name, value) : pathOfRun(name, value)]),
    ),
  };
  return { at: toIso(at), pipeline, ...rest, materials: Object.fromEntries(shown), run, upstream: pass, links };
}
