import type { FastifyInstance } from 'fastify';
import type { Config } from '../../config/config.ts';
import type { Actor } from '../../engine/actor.ts';
import { type Comparison, compareRuns, type PipelineChange } from '../../engine/compare-runs.ts';
import { mayViewPipeline } from '../access/visible.ts';
import { toIso } from '../paging.ts';
import { pathOfPackage, pathOfRun } from '../paths.ts';
import { answerOne } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';
import { type OfRun, unknownRun } from '../view-run.ts';
import { runParams } from './runs.ts';

type Params = OfRun & { readonly other: number };

/** What differs between two runs of a pipeline. */
export function registerCompare(server: FastifyInstance, { store, configuration }: ApiSurroundings): void {
  server.get<{ Params: Params }>(
    '/api/v1/pipelines/:pipeline/runs/:counter/compare/:other',
    {
      config: { needs: 'view' },
      schema: {
        operationId: 'compareRuns',
        summary: 'What changed from one run to another in everything behind them, with the versions between',
        params: {
          ...runParams,
          properties: { ...runParams.properties, other: { type: 'integer', minimum: 1 } },
          required: [...runParams.required, 'other'],
        },
        response: answerOne('Comparison'),
      },
    },
    async ({ params: { pipeline, counter, other }, actor }) => {
      const compared = await store.read((tx) => compareRuns(tx, { pipeline, from: counter, to: other }));
      if ('missing' in compared) throw unknownRun({ pipeline, counter: compared.missing });
      return viewComparison(pipeline, compared, (name) => mayView(actor, configuration().config, name));
    },
  );
}

function mayView(actor: Actor, config: Config, name: string): boolean {
  return mayViewPipeline(actor, config, name);
}

function viewComparison(
  pipeline: string,
  { from, to, packages, pipelines }: Comparison,
  isVisible: (pipeline: string) => boolean,
): Readonly<Record<string, unknown>> {
  return {
    pipeline,
    from: { ...from, path: pathOfRun(pipeline, from.counter) },
    to: { ...to, path: pathOfRun(pipeline, to.counter) },
    packages: packages.map(({ package: name, isDirect, isCut, between, ...change }) => ({
      package: name,
      direct: isDirect,
      ...change,
      between: between.map(({ publishedAt, ...version }) => ({
        ...version,
        publishedAt: toIso(publishedAt),
      })),
      truncated: isCut,
      path: `${pathOfPackage(name)}/revisions`,
    })),
    pipelines: pipelines.filter(({ pipeline: name }) => isVisible(name)).map(viewPipelineChange),
  };
}

function viewPipelineChange({
  pipeline,
  isDirect,
  isChanged,
  from,
  to,
}: PipelineChange): Readonly<Record<string, unknown>> {
  const viewRun = (run: PipelineChange['from']) =>
    run && { counter: run.counter, label: run.label, path: pathOfRun(pipeline, run.counter) };
  const compare =
    from && to && isChanged ? `${pathOfRun(pipeline, from.counter)}/compare/${to.counter}` : null;
  return { pipeline, direct: isDirect, changed: isChanged, from: viewRun(from), to: viewRun(to), compare };
}
