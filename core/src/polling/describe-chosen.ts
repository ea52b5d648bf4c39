import type { Config } from '../config/config.ts';
import type { Described, PluginHost, Problem } from '../plugins/plugin-host.ts';
import { lockRevision } from '../store/acknowledgements.ts';
import { patchRevisions, type RecordedRevision } from '../store/ledger.ts';
import { findPackageId } from '../store/read-repositories.ts';
import type { Store } from '../store/store.ts';
import { fillIn } from './facts.ts';

/** What describing needs. */
export interface DescribeSurroundings {
  readonly store: Store;
  readonly host: PluginHost;
  readonly config: Config;
  readonly signal: AbortSignal;
}

/** A version that somebody chose. */
export interface ChosenVersion {
  readonly repository: string;
  readonly package: string;
  readonly version: string;
}

/**
 * Has a recorded version described that a run is about to pin, where a first look left that out. Answers what
 * stands in the way: that it is not really there, or cannot be described. What the ledger does not have is
 * left to those who say so.
 */
export async function describeChosen(
  chosen: ChosenVersion,
  around: DescribeSurroundings,
): Promise<Problem | undefined> {
  const repository = around.config.repositories.get(chosen.repository);
  const settings = repository?.packages.get(chosen.package)?.config;
  const recorded = await readUndescribed(chosen, around);
  if (!repository || !settings || !recorded) return undefined;
  const [described] = await around.host.describe(repository, settings, [recorded.facts], {
    signal: around.signal,
  });
  if (described?.kind === 'problem') return described.problem;
  if (described?.kind !== 'revision')
    return { code: 'NOT_FOUND', message: `${chosen.version} is listed and not really there` };
  await recordDescription(chosen, described, around.store);
  return undefined;
}

async function readUndescribed(
  chosen: ChosenVersion,
  { store }: DescribeSurroundings,
): Promise<RecordedRevision | undefined> {
  return store.transact(async (tx) => {
    const packageId = await findPackageId(tx, chosen.repository, chosen.package);
    const recorded = packageId === undefined ? undefined : await lockRevision(tx, packageId, chosen.version);
    return recorded?.described ? undefined : recorded;
  });
}

async function recordDescription(
  chosen: ChosenVersion,
  { revision }: Extract<Described, { kind: 'revision' }>,
  store: Store,
): Promise<void> {
  await store.transact(async (tx) => {
    const packageId = await findPackageId(tx, chosen.repository, chosen.package);
    const recorded = packageId === undefined ? undefined : await lockRevision(tx, packageId, chosen.version);
    if (!recorded || recorded.described) return;
    await patchRevisions(tx, [
      { id: recorded.id, patch: { facts: fillIn(recorded.facts, revision), described: true } },
    ]);
  });
}
