import type { FastifyInstance } from 'fastify';
import { listBehind } from '../../config/behind.ts';
import type { Config } from '../../config/config.ts';
import type { Actor } from '../../engine/actor.ts';
import { searchDecisions } from '../../store/decision-search.ts';
import { type DecisionOutcome, type DecisionView, outcomes } from '../../store/decisions.ts';
import { listDecisionsAbout } from '../../store/decisions-about.ts';
import type { Page } from '../../store/page.ts';
import { findPackages, findPipeline } from '../../store/pipelines.ts';
import { splitPackage } from '../../store/publications.ts';
import { type SearchPage, splitWords } from '../../store/search.ts';
import { mayViewPipeline, narrowPipelines } from '../access/visible.ts';
import { ApiError } from '../api-error.ts';
import { type PageQuery, pageQuerySchema, toIso } from '../paging.ts';
import { pathOfRun, pathOfVersion } from '../paths.ts';
import { answerSearch } from '../schemas.ts';
import { searchBack } from '../search-back.ts';
import type { ApiSurroundings } from '../surroundings.ts';
import { type OfPipeline, requirePipeline } from './pipelines.ts';

interface DecisionQuery extends PageQuery {
  readonly q?: string;
  readonly outcome?: DecisionOutcome;
}

interface QueryOfPipeline extends DecisionQuery {
  readonly version?: string;
}

const filters = {
  q: {
    type: 'string',
    maxLength: 200,
    description:
      'Only those with each of these words: a fragment of the name of the pipeline, of a person, of the decision, or of `npmjs/fastify@5.2.1`',
  },
  outcome: { type: 'string', enum: outcomes, description: 'Only what was decided so' },
} as const;
const pipeline = { type: 'string', maxLength: 255, description: 'Only of this pipeline' } as const;
const version = {
  type: 'string',
  maxLength: 255,
  description:
    'Only what is about just this version: that names it, or is about a run, or the pass of an upstream run, with it behind; not with `q` or `outcome`',
} as const;

/** Why the pipelines did and did not run. */
export function registerDecisions(server: FastifyInstance, surroundings: ApiSurroundings): void {
  const query = (more: Readonly<Record<string, object>>) => ({
    ...pageQuerySchema,
    properties: { ...pageQuerySchema.properties, ...filters, ...more },
  });
  server.get<{ Querystring: DecisionQuery & Partial<OfPipeline> }>(
    '/api/v1/decisions',
    {
      config: { needs: 'token' },
      schema: {
        operationId: 'searchDecisions',
        summary: 'Why pipelines did, why they did not run; newest first',
        querystring: query({ pipeline }),
        response: answerSearch('Decision'),
      },
    },
    async ({ query: asked, actor }) =>
      viewPage(await search(surroundings, actor, asked), actor, surroundings),
  );
  server.get<{ Params: OfPipeline; Querystring: QueryOfPipeline }>(
    '/api/v1/pipelines/:pipeline/decisions',
    {
      config: { needs: 'view' },
      schema: {
        operationId: 'listDecisions',
        summary: 'Why it did, why it did not run; newest first',
        querystring: query({ version }),
        response: answerSearch('Decision'),
      },
    },
    async ({ params, query: asked, actor }) => {
      requirePipeline(surroundings, params.pipeline);
      const page =
        asked.version === undefined
          ? await search(surroundings, actor, { ...asked, ...params })
          : await readAbout(surroundings, params.pipeline, { ...asked, version: asked.version });
      return viewPage(page, actor, surroundings);
    },
  );
}

async function search(
  surroundings: ApiSurroundings,
  actor: Actor,
  { q = '', outcome, pipeline, ...page }: DecisionQuery & Partial<OfPipeline>,
): Promise<SearchPage<DecisionView>> {
  const wanted = {
    words: splitWords(q),
    outcome,
    ...narrowPipelines(actor, surroundings.configuration().config, pipeline),
  };
  return searchBack(surroundings, page, (tx, part) => searchDecisions(tx, { ...wanted, ...part }));
}

async function readAbout(
  { store, configuration }: ApiSurroundings,
  pipeline: string,
  { version, q, outcome, ...page }: QueryOfPipeline & { readonly version: string },
): Promise<SearchPage<DecisionView>> {
  if (q !== undefined || outcome !== undefined) {
    throw new ApiError(
      'BAD_REQUEST',
      '"version" is asked for alone; a fragment of a version can be one of the words of "q"',
    );
  }
  const { config } = configuration();
  const found = await store.read(async (tx): Promise<Page<DecisionView>> => {
    const pipelineId = await findPipeline(tx, pipeline);
    if (pipelineId === undefined) return { items: [], next: null };
    const packages = await findPackages(tx, [...listBehind(config, pipeline).packages].map(splitPackage));
    return listDecisionsAbout(tx, { pipelineId, version, packageIds: [...packages.values()], ...page });
  });
  return { ...found, searchedTo: null };
}

function viewPage(
  { items, next, searchedTo }: SearchPage<DecisionView>,
  actor: Actor,
  { configuration }: ApiSurroundings,
) {
  const { config } = configuration();
  return {
    items: items.map((decision) => viewDecision(decision, actor, config)),
    next,
    searchedTo: toIso(searchedTo),
  };
}

function viewDecision(
  decision: DecisionView,
  actor: Actor,
  config: Config,
): Readonly<Record<string, unknown>> {
  const { at, pipeline, materials, run, upstream, ...rest } = decision;
  const isVisible = (name: string) => mayViewPipeline(actor, config, name);
  const shown = Object.entries(materials).filter(
    ([name, value]) => typeof value === 'string' || isVisible(name),
  );
  const pass = upstream && isVisible(upstream.pipeline) ? upstream : null;
  const links = {
    run: run === null ? null : pathOfRun(pipeline, run),
    upstream: pass && pathOfRun(pass.pipeline, pass.counter),
    materials: Object.fromEntries(
      shown.map(([name, value]) => [
        name,
        typeof value === 'string' ? pathOfVersion(name, value) : pathOfRun(name, value),
      ]),
    ),
  };
  return {
    at: toIso(at),
    pipeline,
    ...rest,
    materials: Object.fromEntries(shown),
    run,
    upstream: pass,
    links,
  };
}
