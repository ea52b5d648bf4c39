import { setTimeout as wait } from 'node:timers/promises';
import {
  type DuePackage,
  isPluginError,
  PluginError,
  type PluginErrorCode,
  type PollAnswer,
  type PollCall,
} from '@sluice/plugin-sdk';
import { type KnownRepository, readCursor, writeCursor } from './cursor.ts';
import type { Mirrors } from './mirrors.ts';
import { readPrimary } from './primary/read-primary.ts';
import { toRevisions } from './revision.ts';
import { Selection } from './selection.ts';
import type { packageFields } from './settings.ts';
import { findMirrors, type Origin, readSnapshot, type Snapshot } from './snapshot.ts';
import { isFile } from './source.ts';

type Due = DuePackage<typeof packageFields>;

/** What was read of a repository. */
interface ReadRepository {
  readonly snapshot: Snapshot;
  /** What was found of the packages that were not known already. */
  readonly selection: Selection;
}

/**
 * The problems that packages had with the primary metadata of a checksum: without them it would be read again
 * at every poll.
 */
interface KnownProblems {
  readonly primary: string;
  readonly bySpec: ReadonlyMap<string, PluginError>;
}

/** Between the times that a repository which changes while it is read is looked at, in milliseconds. */
const pauseMs = [100, 1000];

/**
 * What a repository that is being rebuilt shows: metadata that has gone, or is not what repomd.xml told a
 * moment before.
 */
const rebuildFaults: ReadonlySet<PluginErrorCode> = new Set<PluginErrorCode>([
  'NOT_FOUND',
  'UNTRUSTED',
  'MALFORMED',
]);

/** Understands a repository from one poll to the next. */
export class RepositoryPoll {
  readonly #origin: Origin;
  #problems: KnownProblems | undefined;

  constructor(origin: Origin) {
    this.#origin = origin;
  }

  /**
   * Answers for every package; reads the primary metadata once for all, and only if something may have
   * changed.
   */
  async *poll(packages: readonly Due[], call: PollCall): AsyncGenerator<PollAnswer> {
    if (packages.length === 0) return;
    const known = readCursor(call.cursor);
    const settled = known && packages.every((due) => this.#isKnown(due, known.primary)) ? known : undefined;
    const read = await this.#read(packages, call, settled);
    if (read === 'unchanged') {
      for (const due of packages) yield this.#repeat(due);
      return;
    }
    yield* this.#answer(packages, read);
    const repository = describeRepository(read.snapshot, known);
    if (repository.warning !== undefined || repository.cursor !== call.cursor) yield { repository };
  }

  async #read(
    packages: readonly Due[],
    call: PollCall,
    settled: KnownRepository | undefined,
  ): Promise<ReadRepository | 'unchanged'> {
    let mirrors = await findMirrors(this.#origin.settings, call);
    for (let attempt = 1; ; attempt++) {
      let used: string | undefined;
      try {
        const snapshot = await readSnapshot(mirrors, this.#origin, call, settled);
        if (snapshot === 'unchanged') return snapshot;
        used = snapshot.base;
        return { snapshot, selection: await this.#select(packages, snapshot, call) };
      } catch (thrown) {
        call.signal.throwIfAborted();
        const pause = pauseMs[attempt - 1];
        if (!isPluginError(thrown) || pause === undefined || !mayPass(thrown, used, mirrors)) throw thrown;
        call.log.info(`${thrown.message}; repomd.xml is read again (${attempt} of ${pauseMs.length})`);
        mirrors = avoid(mirrors, used);
        await wait(pause, undefined, { signal: call.signal });
      }
    }
  }

  async #select(packages: readonly Due[], snapshot: Snapshot, call: PollCall): Promise<Selection> {
    const { primary } = snapshot.repomd;
    const selection = new Selection(
      packages.filter((due) => !this.#isKnown(due, snapshot.primary)).map(({ config }) => config.spec),
    );
    if (selection.isEmpty) return selection;
    const {
      packages: seen,
      declared,
      fellBack,
    } = await readPrimary(locatePrimary(snapshot), primary, selection, call);
    if (declared !== undefined && declared !== seen)
      call.log.warn(`primary metadata says that it has ${declared} packages, and has ${seen}`);
    if (fellBack) call.log.debug('primary metadata is written in an unusual way, which takes longer to read');
    return selection;
  }

  *#answer(packages: readonly Due[], { snapshot, selection }: ReadRepository): Generator<PollAnswer> {
    const problems = new Map(this.#problems?.primary === snapshot.primary ? this.#problems.bySpec : []);
    this.#problems = { primary: snapshot.primary, bySpec: problems };
    for (const due of packages) {
      const found = this.#isKnown(due, snapshot.primary) ? undefined : selection.resolve(due.config.spec);
      if (isPluginError(found)) problems.set(due.config.spec, found);
      if (found === undefined || isPluginError(found)) yield this.#repeat(due);
      else yield { key: due.key, revisions: toRevisions(found, snapshot.base), cursor: snapshot.primary };
    }
  }

  #isKnown({ cursor, config }: Due, primary: string): boolean {
    return (
      cursor === primary || (this.#problems?.primary === primary && this.#problems.bySpec.has(config.spec))
    );
  }

  #repeat({ key, config }: Due): PollAnswer {
    const problem = this.#problems?.bySpec.get(config.spec);
    return problem ? { key, problem } : { key, unchanged: true };
  }
}

/**
 * Whether a fault may be gone when repomd.xml is read again: it is being made anew, or another mirror does
 * better.
 */
function mayPass({ code }: PluginError, used: string | undefined, { bases }: Mirrors): boolean {
  if (used === undefined) return code === 'NOT_FOUND' || code === 'UNTRUSTED';
  return rebuildFaults.has(code) || bases.length > 1;
}

function avoid(mirrors: Mirrors, used: string | undefined): Mirrors {
  const others = mirrors.bases.filter((base) => base !== used);
  return { ...mirrors, bases: used === undefined ? others : [...others, used] };
}

/**
 * Where the primary metadata is. Throws `MALFORMED` where a repository on the network names a file of this
 * machine.
 */
function locatePrimary({ base, repomd: { primary } }: Snapshot): string {
  const url = URL.parse(primary.href, URL.parse(primary.base ?? '', base)?.href ?? base);
  if (url && (/^https?:$/.test(url.protocol) || (isFile(url.href) && isFile(base)))) return url.href;
  throw new PluginError(
    'MALFORMED',
    'repomd.xml names a location of its primary metadata that is none; have the metadata made again',
  );
}

function describeRepository(
  { url, validators, primary, repomd }: Snapshot,
  known: KnownRepository | undefined,
): { readonly warning?: string; readonly cursor: string } {
  const setBack =
    findSetBack('revision', known?.revision, repomd.revision) ??
    findSetBack('timestamp', known?.timestamp, repomd.timestamp);
  const cursor = writeCursor({
    url,
    validators,
    primary,
    revision: highest(known?.revision, repomd.revision),
    timestamp: highest(known?.timestamp, repomd.timestamp),
  });
  return { cursor, ...(setBack !== undefined && { warning: setBack }) };
}

function findSetBack(what: string, before: number | undefined, now: number | undefined): string | undefined {
  if (before === undefined || now === undefined || now >= before) return undefined;
  return `repomd.xml went back: its ${what} was ${before} and is ${now}; an old copy is being served, or the repository was restored`;
}

function highest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}
