import { findClosest } from '../closest.ts';
import { fieldNames } from '../plugin-rules.ts';
import type { Finding, Path } from '../problem.ts';
import { atValue, entriesOf, itemsOf, type Rule, type Subject } from './rule.ts';

/** What is referred to exists: plugins, packages of materials, secrets of jobs. */
export const checkReferences: Rule = function* (subject) {
  const { config, plugins } = subject;
  for (const [name, { plugin }] of entriesOf(config.repositories)) {
    if (plugin === undefined || !plugins || plugins.has(plugin)) continue;
    yield atValue(
      ['repositories', name, 'plugin'],
      `there is no plugin "${plugin}"${suggest(plugin, [...plugins.keys()])}; name others under plugins:`,
    );
  }
  for (const [pipeline, { materials, stages }] of entriesOf(config.pipelines)) {
    const at = ['pipelines', pipeline];
    yield* checkMaterials(subject, [...at, 'materials'], itemsOf(materials));
    for (const [stage, { jobs }] of itemsOf(stages)) {
      for (const [job, { secrets }] of entriesOf(jobs)) {
        yield* checkSecrets(subject, [...at, 'stages', stage, 'jobs', job, 'secrets'], itemsOf(secrets));
      }
    }
  }
};

type Items<T> = readonly (readonly [string, T])[];

function* checkMaterials(
  { config }: Subject,
  at: Path,
  materials: Items<{ readonly package?: string | undefined }>,
): Generator<Finding> {
  const seen = new Set<string>();
  for (const [index, { package: reference }] of materials) {
    if (reference === undefined) continue;
    const place = [...at, index, 'package'];
    const [repository = '', name = ''] = reference.split('/');
    if (!Object.hasOwn(config.repositories ?? {}, repository)) {
      yield atValue(
        place,
        `there is no repository "${repository}"${suggest(repository, Object.keys(config.repositories ?? {}))}`,
      );
    } else if (!Object.hasOwn(config.repositories?.[repository]?.packages ?? {}, name)) {
      const known = Object.keys(config.repositories?.[repository]?.packages ?? {});
      yield atValue(place, `repository "${repository}" has no package "${name}"${suggest(name, known)}`);
    } else if (seen.has(reference)) {
      yield atValue(place, `package "${reference}" is a material of this pipeline already`);
    }
    seen.add(reference);
  }
}

function* checkSecrets({ config, plugins }: Subject, at: Path, secrets: Items<string>): Generator<Finding> {
  for (const [index, reference] of secrets) {
    const dot = reference.lastIndexOf('.');
    const [repository, field] = [reference.slice(0, dot), reference.slice(dot + 1)];
    const plugin = plugins?.get(config.repositories?.[repository]?.plugin ?? '');
    if (!Object.hasOwn(config.repositories ?? {}, repository)) {
      yield atValue(
        [...at, index],
        `there is no repository "${repository}"${suggest(repository, Object.keys(config.repositories ?? {}))}`,
      );
    } else if (plugin && !plugin.secrets.repository.includes(field)) {
      const reason = fieldNames(plugin.repository).includes(field) ? 'is no secret: jobs see it anyway' : `is none of its fields`;
      const choices = plugin.secrets.repository.map((secret) => `${repository}.${secret}`).join(', ');
      yield atValue([...at, index], `"${field}" of repository "${repository}" ${reason}; secrets here: ${choices || 'none'}`);
    }
  }
}

function suggest(name: string, known: readonly string[]): string {
  const closest = findClosest(name, known);
  return closest === undefined ? '' : ` (did you mean "${closest}"?)`;
}
