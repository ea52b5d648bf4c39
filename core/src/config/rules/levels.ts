import type { Finding, Path } from '../problem.ts';
import type { Incomplete, RawPipeline, RawStage } from '../raw-config.ts';
import { checkPackage, suggest } from './references.ts';
import { atKey, atValue, entriesOf, itemsOf, type Rule, type Subject } from './rule.ts';

/** Stages stand at levels that there are, and deploy there what is behind their pipelines. */
export const checkLevels: Rule = function* (subject) {
  for (const [pipeline, { stages }] of entriesOf(subject.config.pipelines)) {
    for (const [index, stage] of itemsOf(stages))
      yield* checkStage(subject, { pipeline, at: ['pipelines', pipeline, 'stages', index], stage });
  }
};

interface StageInQuestion {
  readonly pipeline: string;
  readonly at: Path;
  readonly stage: Incomplete<RawStage>;
}

function* checkStage(subject: Subject, { pipeline, at, stage }: StageInQuestion): Generator<Finding> {
  const { name = '', level, deploys } = stage;
  const levels = itemsOf(subject.config.levels).map(([, one]) => one);
  if (level !== undefined && !levels.includes(level)) {
    yield atValue([...at, 'level'], `levels: has no "${level}"${suggest(level, levels)}; add it there`);
  }
  if (deploys !== undefined && level === undefined && !levels.includes(name)) {
    yield atKey([...at, 'deploys'], 'deploys: the stage stands at no level; say at which, by level:');
  }
  const behind = listBehind(subject, pipeline, new Set());
  for (const [index, reference] of itemsOf(deploys)) {
    const place = [...at, 'deploys', index];
    const unknown = [...checkPackage(subject, place, reference)];
    yield* unknown;
    if (unknown.length > 0 || behind.has(reference)) continue;
    yield atValue(
      place,
      `"${reference}" is not behind this pipeline; behind it: ${[...behind].join(', ') || 'none'}`,
    );
  }
}

/** The packages behind a pipeline, of a configuration that may have mistakes elsewhere. */
function listBehind(subject: Subject, pipeline: string, seen: Set<string>): ReadonlySet<string> {
  const { pipelines = {} } = subject.config;
  const definition: Incomplete<RawPipeline> = Object.hasOwn(pipelines, pipeline)
    ? (pipelines[pipeline] ?? {})
    : {};
  const packages = new Set<string>();
  if (seen.has(pipeline)) return packages;
  seen.add(pipeline);
  for (const [, material] of itemsOf(definition.materials)) {
    if (material.package !== undefined) packages.add(material.package);
    if (material.pipeline !== undefined)
      for (const one of listBehind(subject, material.pipeline, seen)) packages.add(one);
  }
  return packages;
}
