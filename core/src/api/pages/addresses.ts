const at = (...steps: readonly (string | number)[]): string =>
  steps.map((step) => `/${encodeURIComponent(step)}`).join('');

/** Where the page of a pipeline is. */
export function pathOfPipeline(pipeline: string): string {
  return at('pipelines', pipeline);
}

/** Where the page of a run is. */
export function pathOfRun(pipeline: string, counter: number | string): string {
  return at('pipelines', pipeline, 'runs', counter);
}

/**
 * Where a page asks before something is done to a stage; the API has its actions at the same path below its
 * own.
 */
export function pathOfStageAction(
  run: { readonly pipeline: string; readonly counter: number | string },
  stage: string,
  action: string,
): string {
  return `${pathOfRun(run.pipeline, run.counter)}${at('stages', stage, action)}`;
}

/** Where a page asks before something is done to a pipeline. */
export function pathOfPipelineAction(pipeline: string, action: string): string {
  return `${pathOfPipeline(pipeline)}${at(action)}`;
}

/** Where everything that flowed into a run, and out of it, is drawn. */
export function pathOfValueStream(pipeline: string, counter: number): string {
  return `${pathOfRun(pipeline, counter)}/value-stream`;
}

/** Where the runs that used a version of a package are drawn; `?version=` says which. */
export function pathOfRevisionStream(material: string): string {
  return `${pathOfPackage(material)}/value-stream`;
}

/** Where one run is compared with another. */
export function pathOfComparison(pipeline: string, counter: number, other: number): string {
  return `${pathOfRun(pipeline, counter)}${at('compare', other)}`;
}

/** Where the promotion board of a package, `npmjs/fastify`, is. */
export function pathOfBoard(material: string): string {
  return `${pathOfPackage(material)}/board`;
}

/** Where the log of a job is; `stageCounter` says of which time that the stage was run. */
export function pathOfLog(
  run: { readonly pipeline: string; readonly counter: number },
  stage: LogStage,
  job: string,
): string {
  return `${pathOfRun(run.pipeline, run.counter)}${at('stages', stage.name, stage.counter, 'jobs', job)}`;
}

/** Which time of which stage. */
export interface LogStage {
  readonly name: string;
  readonly counter: number;
}

/** Where the page of a repository is. */
export function pathOfRepository(repository: string): string {
  return at('repositories', repository);
}

/** Where the page of a material is: a package, `npmjs/fastify`, or a pipeline, `build`. */
export function pathOfMaterial(material: string): string {
  return material.includes('/') ? pathOfPackage(material) : pathOfPipeline(material);
}

/** Where the page of a package is, from its name with its repository's: `npmjs/fastify`. */
export function pathOfPackage(material: string): string {
  const [repository = '', name = ''] = material.split('/');
  return `${pathOfRepository(repository)}${at('packages', name)}`;
}

/** A path with a query; what is undefined or empty is left out. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | number | null | undefined>>,
): string {
  const given = Object.entries(query).filter(
    ([, value]) => value !== undefined && value !== null && value !== '',
  );
  const text = new URLSearchParams(
    given.map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  return text === '' ? path : `${path}?${text}`;
}

/** The path of the page that lets go of all starts that are held. */
export const releasePath = '/release';
