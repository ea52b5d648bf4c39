import type { FastifyInstance } from 'fastify';
import { isPipelineMaterial, nameMaterial } from '../../config/materials.ts';
import { listPipelines, type PipelineView, readPipeline } from '../../store/pipeline-views.ts';
import { mayViewPipeline } from '../access/visible.ts';
import { toIso } from '../paging.ts';
import { answerList, answerOne } from '../schemas.ts';
import type { ApiSurroundings } from '../surroundings.ts';
import { unknownPipeline } from '../unknown-pipeline.ts';

/** A pipeline, as the parameter of a route. */
export interface OfPipeline {
  readonly pipeline: string;
}

/** The pipelines, and how they are. */
export function registerPipelines(server: FastifyInstance, surroundings: ApiSurroundings): void {
  const { store } = surroundings;

  const list = {
    operationId: 'listPipelines',
    summary: 'The pipelines, what waits in them, and their last runs',
    response: answerList('Pipeline'),
  };
  server.get('/api/v1/pipelines', { config: { needs: 'token' }, schema: list }, async ({ actor }) => {
    const { config } = surroundings.configuration();
    const pipelines = await store.read(listPipelines);
    const visible = pipelines.filter(({ name }) => mayViewPipeline(actor, config, name));
    return { items: visible.map((pipeline) => viewPipeline(surroundings, pipeline)), next: null };
  });

  const one = { operationId: 'readPipeline', summary: 'A pipeline', response: answerOne('Pipeline') };
  server.get<{ Params: OfPipeline }>(
    '/api/v1/pipelines/:pipeline',
    { config: { needs: 'view' }, schema: one },
    async ({ params }) => {
      const found = await store.read((tx) => readPipeline(tx, params.pipeline));
      if (!found) throw unknownPipeline(params.pipeline);
      return viewPipeline(surroundings, found);
    },
  );
}

/** Throws NOT_FOUND unless the configuration has the pipeline. */
export function requirePipeline({ configuration }: ApiSurroundings, name: string): void {
  if (!configuration().config.pipelines.has(name)) throw unknownPipeline(name);
}

/** A pipeline as lists show it. */
export function viewPipeline(
  { configuration }: ApiSurroundings,
  { paused, timer, ...pipeline }: PipelineView,
): Readonly<Record<string, unknown>> {
  const config = configuration().config.pipelines.get(pipeline.name);
  return {
    ...pipeline,
    group: config?.group ?? null,
    paused: paused && { since: toIso(paused.since), reason: paused.reason, by: paused.by },
    lock: config?.lock ?? 'none',
    timer: toIso(timer),
    publishes: config?.publishes ?? [],
    materials:
      config?.materials.map((material) =>
        isPipelineMaterial(material)
          ? { pipeline: material.pipeline, stage: material.stage, trigger: material.trigger }
          : { package: nameMaterial(material), trigger: material.trigger },
      ) ?? [],
    stages: config?.stages.map(({ name }) => name) ?? [],
  };
}
