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
  for (const [pipeline, { materials, stages, publishes }] of entriesOf(config.pipelines)) {
    const at = ['pipelines', pipeline];
    yield* checkMaterials(subject, [...at, 'materials'], itemsOf(materials));
    for (const [index, reference] of itemsOf(publishes))
      yield* checkPackage(subject, [...at, 'publishes', index], reference);
    for (const [stage, { jobs }] of itemsOf(stages)) {
      for (const [job, { secrets }] of entriesOf(jobs)) {
        yield* checkSecrets(subject, [...at, 'stages', stage, 'jobs', job, 'secrets'], itemsOf(secrets));
      }
    }
  }
};

type Items<T> = readonly (readonly [string, T])[];

type WrittenMaterial = { readonly package?: string | undefined; readonly pipeline?: string | undefined };

function* checkMaterials(subject: Subject, at: Path, materials: Items<WrittenMaterial>): Generator<Finding> {
  const seen = new Set<string>();
  for (const [index, { package: reference, pipeline }] of materials) {
    const name = reference ?? pipeline;
    if (name === undefined) continue;
    const key = reference === undefined ? 'pipeline' : 'package';
    const place = [...at, index, key];
    if (seen.has(name)) yield atValue(place, `${key} "${name}" is a material of this pipeline already`);
    else if (reference !== undefined) yield* checkPackage(subject, place, reference);
    seen.add(name);
  }
}

/** A package that is referred to exists. */
export function* checkPackage(
  { config: { repositories = {} } }: Subject,
  place: Path,
  reference: string,
): Generator<Finding> {
  const [repository = '', name = ''] = reference.split('/');
  const packages = Object.hasOwn(repositories, repository)
    ? (repositories[repository]?.packages ?? {})
    : undefined;
  if (!packages) {
    yield atValue(
      place,
      `there is no repository "${repository}"${suggest(repository, Object.keys(repositories))}`,
    );
  } else if (!Object.hasOwn(packages, name)) {
    yield atValue(
      place,
      `repository "${repository}" has no package "${name}"${suggest(name, Object.keys(packages))}`,
    );
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
      const reason = fieldNames(plugin.repository).includes(field)
        ? 'is no secret: jobs see it anyway'
        : `is none of its fields`;
      const choices = plugin.secrets.repository.map((secret) => `${repository}.${secret}`).join(', ');
      yield atValue(
        [...at, index],
        `"${field}" of repository "${repository}" ${reason}; secrets here: ${choices || 'none'}`,
      );
    }
  }
}

/** What somebody who wrote an unknown name most likely meant, as the end of a sentence. */
export function suggest(name: string, known: readonly string[]): string {
  const closest = findClosest(name, known);
  return closest === undefined ? '' : ` (did you mean "${closest}"?)`;
}
