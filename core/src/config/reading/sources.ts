import { createHash } from 'node:crypto';
import { dirname, join, relative, resolve } from 'node:path';
import { findClosest } from '../closest.ts';
import type { ConfigPlace } from '../config.ts';
import { UnresolvedReference } from '../interpolator.ts';
import type { ConfigProblem, Finding, Path } from '../problem.ts';
import { sections } from '../schema/document.ts';
import { isMapping } from '../value-at.ts';
import { findIncluded } from './includes.ts';
import type { SourceReader } from './source-reader.ts';

/** What sluice.yaml and its includes say together. */
export interface Sources {
  /** Absolute paths, the file that was named first. */
  readonly files: readonly string[];
  /** The patterns of `include:`, absolute. */
  readonly include: readonly string[];
  /** SHA-256 of all the texts. */
  readonly hash: string;
  readonly merged: Readonly<Record<string, unknown>>;
  /** What is wrong already: YAML mistakes, with their position, and what does not merge. */
  readonly problems: readonly ConfigProblem[];
  readonly findings: readonly Finding[];
  /** What is allowed, and hardly meant. */
  readonly warnings: readonly Finding[];
  /**
   * Where each section, and each repository and pipeline, is written: by `server`, `pipelines/acceptance`.
   */
  readonly places: ReadonlyMap<string, ConfigPlace>;
  /** The file that a path of `merged` comes from. */
  fileOf(path: Path): string;
  /** A file as people named it. */
  nameOf(file: string): string;
}

/** What reading needs beside the file. */
export interface ReadOptions {
  readonly interpolate: (text: string) => string;
  readonly signal: AbortSignal;
}

/** Sections whose entries may come from several files. */
const shared: ReadonlySet<string> = new Set(['repositories', 'pipelines']);

/**
 * Reads a file and what it includes, one after another, and merges them: repositories and pipelines by name,
 * every other section from one file.
 */
export async function readSources(
  reader: SourceReader,
  named: string,
  { interpolate, signal }: ReadOptions,
): Promise<Sources> {
  const merger = new Merger(reader, named);
  await merger.add(merger.main);
  for (const file of await merger.findIncludes(interpolate, signal)) await merger.add(file);
  return merger.finish();
}

/** Understands which file each part of the configuration came from, and refuses to take a part from two. */
class Merger {
  readonly main: string;
  readonly #reader: SourceReader;
  readonly #named: string;
  readonly #merged: Record<string, unknown> = {};
  readonly #origins = new Map<string, string>();
  readonly #places = new Map<string, ConfigPlace>();
  readonly #files: string[] = [];
  readonly #include: string[] = [];
  readonly #hash = createHash('sha256');
  readonly #problems: ConfigProblem[] = [];
  readonly #findings: Finding[] = [];
  readonly #warnings: Finding[] = [];

  constructor(reader: SourceReader, named: string) {
    this.#reader = reader;
    this.#named = named;
    this.main = resolve(named);
  }

  async add(file: string): Promise<void> {
    const { value, faults, sha256, lines } = await this.#reader.read(file);
    this.#files.push(file);
    this.#hash.update(`${relative(dirname(this.main), file)}\0${sha256}\n`);
    if (file !== this.main && isMapping(value) && !isOfOurs(value)) {
      this.#findings.push({
        file,
        path: [],
        at: 'value',
        message: `the file is no part of a configuration: ${expected}`,
      });
      return;
    }
    this.#problems.push(...faults.map((fault) => ({ file: this.#nameOf(file), ...fault })));
    for (const [path, line] of lines)
      if (isOwned(path) && !this.#places.has(path)) this.#places.set(path, { file, line });
    if (value === undefined) return;
    if (isMapping(value)) this.#merge(file, value);
    else if (value !== null) this.#findings.push({ file, path: [], at: 'value', message: expected });
    else
      this.#warnings.push({
        file,
        path: [],
        at: 'value',
        message: file === this.main ? `the file is empty: ${expected}` : 'the file is empty',
      });
  }

  async findIncludes(
    interpolate: ReadOptions['interpolate'],
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const { include } = this.#merged;
    const found = new Set<string>();
    for (const [index, pattern] of Array.isArray(include) ? include.entries() : []) {
      if (typeof pattern !== 'string') continue;
      const object = (message: string) =>
        this.#findings.push({ path: ['include', String(index)], at: 'value', message });
      try {
        const resolved = interpolate(pattern);
        const files = await findIncluded(resolved, dirname(this.main), signal);
        // Whoever watches the files follows these, too: only those that do not lead too far.
        this.#include.push(resolve(dirname(this.main), resolved));
        if (files.length === 0) {
          const [told, what] = /[*?[{]/.test(resolved)
            ? [this.#warnings, 'matches no file']
            : [this.#findings, 'does not exist'];
          told.push({
            path: ['include', String(index)],
            at: 'value',
            message: `${JSON.stringify(pattern)} ${what}`,
          });
        }
        for (const file of files) found.add(file);
      } catch (thrown) {
        if (thrown instanceof RangeError) object(`${JSON.stringify(pattern)} ${thrown.message}`);
        // An unresolved reference is reported with all the others, by the pass that fills them in.
        else if (!(thrown instanceof UnresolvedReference)) throw thrown;
      }
    }
    found.delete(this.main);
    return [...found].sort();
  }

  finish(): Sources {
    return {
      files: this.#files,
      include: this.#include,
      hash: this.#hash.digest('hex'),
      merged: this.#merged,
      places: this.#places,
      problems: this.#problems,
      findings: this.#findings,
      warnings: this.#warnings,
      fileOf: (path) => this.#origins.get(ownerOf(path)) ?? this.#origins.get(String(path[0])) ?? this.main,
      nameOf: (file) => this.#nameOf(file),
    };
  }

  #merge(file: string, document: Readonly<Record<string, unknown>>): void {
    for (const [section, value] of Object.entries(document)) {
      if (section.startsWith('x-')) continue;
      if (section === 'include' && file !== this.main) {
        this.#findings.push({
          file,
          path: [section],
          at: 'key',
          message: `"include" belongs into ${this.#nameOf(this.main)} alone`,
        });
        continue;
      }
      const known = this.#merged[section];
      if (!shared.has(section) || !isMapping(value) || (known !== undefined && !isMapping(known)))
        this.#take(file, [section], this.#merged, value);
      else
        for (const [name, entry] of Object.entries(value))
          this.#take(file, [section, name], this.#sectionOf(section), entry);
      // An empty section is there all the same.
      if (isMapping(value) && shared.has(section)) this.#sectionOf(section);
    }
  }

  #sectionOf(section: string): Record<string, unknown> {
    const known = this.#merged[section];
    if (isMapping(known)) return known;
    const fresh: Record<string, unknown> = {};
    this.#merged[section] = fresh;
    return fresh;
  }

  #take(file: string, path: Path, into: Record<string, unknown>, value: unknown): void {
    const owner = ownerOf(path);
    const key = path.at(-1) ?? '';
    const other = this.#origins.get(owner);
    if (other !== undefined) {
      this.#findings.push({
        file,
        path,
        at: 'key',
        message: `"${key}" is defined twice`,
        other: { file: other, path },
      });
      return;
    }
    this.#origins.set(owner, file);
    Object.defineProperty(into, key, { value, enumerable: true, writable: true, configurable: true });
  }

  #nameOf(file: string): string {
    return file === this.main ? this.#named : join(dirname(this.#named), relative(dirname(this.main), file));
  }
}

const expected = `write what to watch and what to start, such as "repositories: { npmjs: { plugin: npm, ... } }"; docs/configuration.md has an example`;

/**
 * Whether a mapping has a section of ours, or one that was meant to be; of any other file nothing is
 * repeated, not even keys.
 */
function isOfOurs(value: Readonly<Record<string, unknown>>): boolean {
  const known = Object.keys(sections);
  return Object.keys(value).some(
    (key) => key.startsWith('x-') || known.includes(key) || findClosest(key, known) !== undefined,
  );
}

/** Whether a path is one that comes from one file: a section, or an entry of a shared one. */
function isOwned(path: string): boolean {
  const [section = '', entry] = path.split('/');
  return entry === undefined || shared.has(section);
}

function ownerOf(path: Path): string {
  return path.slice(0, shared.has(path[0] ?? '') ? 2 : 1).join('/');
}
