import type { Finding, Path } from '../problem.ts';
import type { Incomplete, RawPipeline } from '../raw-config.ts';
import { suggest } from './references.ts';
import { atValue, entriesOf, itemsOf, type Rule } from './rule.ts';

type Pipelines = Readonly<Record<string, Incomplete<RawPipeline> | undefined>>;

/** Pipelines depend on stages that there are, and never on themselves. */
export const checkDependencies: Rule = function* ({ config: { pipelines = {} } }) {
  for (const [name, { materials }] of entriesOf(pipelines)) {
    for (const [index, { pipeline, stage }] of itemsOf(materials)) {
      if (pipeline !== undefined)
        yield* checkStage(pipelines, ['pipelines', name, 'materials', index], { pipeline, stage });
    }
  }
  yield* checkCycles(pipelines);
};

function* checkStage(
  pipelines: Pipelines,
  at: Path,
  { pipeline, stage }: { readonly pipeline: string; readonly stage: string | undefined },
): Generator<Finding> {
  if (!Object.hasOwn(pipelines, pipeline)) {
    yield atValue(
      [...at, 'pipeline'],
      `there is no pipeline "${pipeline}"${suggest(pipeline, Object.keys(pipelines))}`,
    );
    return;
  }
  const stages = itemsOf(pipelines[pipeline]?.stages).flatMap(([, { name }]) => name ?? []);
  if (stage !== undefined && !stages.includes(stage)) {
    yield atValue(
      [...at, 'stage'],
      `pipeline "${pipeline}" has no stage "${stage}"${suggest(stage, stages)}`,
    );
  }
}

/** Each cycle is told once, at a material that closes it. */
function* checkCycles(pipelines: Pipelines): Generator<Finding> {
  const done = new Set<string>();
  for (const [name] of entriesOf(pipelines)) yield* walk(pipelines, [name], done);
}

function* walk(pipelines: Pipelines, way: readonly string[], done: Set<string>): Generator<Finding> {
  const name = way.at(-1) ?? '';
  if (done.has(name)) return;
  for (const [index, { pipeline }] of itemsOf(pipelines[name]?.materials)) {
    if (pipeline === undefined || !Object.hasOwn(pipelines, pipeline)) continue;
    const closes = way.indexOf(pipeline);
    if (closes < 0) {
      yield* walk(pipelines, [...way, pipeline], done);
    } else {
      const cycle = [pipeline, ...way.slice(closes).toReversed()].join(' needs ');
      yield atValue(['pipelines', name, 'materials', index, 'pipeline'], `this closes a cycle: ${cycle}`);
    }
  }
  done.add(name);
}
