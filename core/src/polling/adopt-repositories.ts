import type { Config, PackageConfig, RepositoryConfig } from '../config/config.ts';
import { listPackageMaterials } from '../config/materials.ts';
import type { LoadedPlugin } from '../plugins/plugin-host.ts';
import { loadLookedAt, nameListening, resetBaselines } from '../store/listeners.ts';
import { insertPackages, loadPackages, reselectPackage, setPackagesActive } from '../store/packages.ts';
import {
  insertRepository,
  loadRepositories,
  renameRepository,
  reviseRepository,
  type StoredRepository,
} from '../store/repositories.ts';
import type { Tx } from '../store/store.ts';
import { fingerprintRepository, fingerprintSelection } from './fingerprint.ts';
import { findFirstPoll, findNextPoll } from './schedule.ts';

/** A configuration to be applied. */
export interface Adoption {
  readonly config: Config;
  readonly plugins: ReadonlyMap<string, LoadedPlugin>;
  /** Milliseconds. */
  readonly now: number;
}

/**
 * Applies a configuration's repositories and packages to the store; those who listen to them are adopted
 * afterwards, in the same transaction. Idempotent; what is removed is kept, inactive; nothing of it starts
 * anything again.
 */
export async function adoptRepositories(tx: Tx, adoption: Adoption): Promise<void> {
  const { config } = adoption;
  await adoptNames(tx, config);
  const stored = new Map((await loadRepositories(tx)).map((repository) => [repository.name, repository]));
  const looked = await loadLookedAt(tx);
  for (const repository of config.repositories.values()) {
    await adoptRepository(tx, adoption, repository, { known: stored.get(repository.name), looked });
  }
  for (const known of stored.values()) {
    if (!known.active || config.repositories.has(known.name)) continue;
    await reviseRepository(tx, known, { active: false, fingerprint: known.fingerprint, dueAt: null });
  }
  tx.wake('polls');
}

async function adoptRepository(
  tx: Tx,
  adoption: Adoption,
  repository: RepositoryConfig,
  { known, looked }: { readonly known: StoredRepository | undefined; readonly looked: ReadonlySet<string> },
): Promise<void> {
  const plugin = adoption.plugins.get(repository.plugin);
  // Settings of a plugin that is not there cannot be judged: everything stays as it was, until it is.
  const fingerprint = plugin ? fingerprintRepository(repository, plugin) : (known?.fingerprint ?? '');
  const stored = known ?? (await addRepository(tx, repository.name, fingerprint));
  const edited = await adoptPackages(tx, stored.id, repository, plugin);
  const isNew = edited || !known?.active || expectsFirstLook(adoption.config, repository, looked);
  const dueAt = findDue(adoption, repository, stored, isNew);
  if (stored.active && stored.fingerprint === fingerprint && stored.dueAt === dueAt) return;
  await reviseRepository(tx, stored, { active: true, fingerprint, dueAt });
}

/** Whether a pipeline listens that has not looked yet. */
function expectsFirstLook(
  { pipelines }: Config,
  { name }: RepositoryConfig,
  looked: ReadonlySet<string>,
): boolean {
  return [...pipelines.values()].some((pipeline) =>
    listPackageMaterials(pipeline).some(
      (material) =>
        material.repository === name && !looked.has(nameListening(pipeline.name, name, material.package)),
    ),
  );
}

async function adoptNames(tx: Tx, config: Config): Promise<void> {
  const stored = new Map((await loadRepositories(tx)).map((repository) => [repository.name, repository]));
  for (const { name, formerly } of config.repositories.values()) {
    if (stored.has(name)) continue;
    const before = formerly.flatMap((former) =>
      config.repositories.has(former) ? [] : (stored.get(former) ?? []),
    )[0];
    if (!before) continue;
    await renameRepository(tx, before.id, name);
    stored.delete(before.name);
    stored.set(name, before);
  }
}

async function addRepository(tx: Tx, name: string, fingerprint: string): Promise<StoredRepository> {
  return { id: await insertRepository(tx, name, fingerprint), name, active: true, fingerprint, dueAt: null };
}

/** Answers whether a first look at one of them is still to come. */
async function adoptPackages(
  tx: Tx,
  repositoryId: number,
  { packages }: RepositoryConfig,
  plugin: LoadedPlugin | undefined,
): Promise<boolean> {
  const stored = new Map((await loadPackages(tx, repositoryId)).map((one) => [one.name, one]));
  const select = (one: PackageConfig) => (plugin ? fingerprintSelection(one, plugin) : undefined);
  const added = [...packages.values()].filter(({ name }) => !stored.has(name));
  await insertPackages(
    tx,
    repositoryId,
    added.map((one) => ({ name: one.name, selection: select(one) ?? '' })),
  );
  const known = [...stored.values()].flatMap((one) => {
    const config = packages.get(one.name);
    return config ? { ...one, wanted: select(config) ?? one.selection } : [];
  });
  const edited = known.filter(({ selection, wanted }) => selection !== wanted);
  for (const { id, wanted } of edited) await reselectPackage(tx, id, wanted);
  await resetBaselines(
    tx,
    edited.map(({ id }) => id),
  );
  await setPackagesActive(
    tx,
    known.filter(({ active }) => !active).map(({ id }) => id),
    true,
  );
  const removed = [...stored.values()].filter(({ active, name }) => active && !packages.has(name));
  await setPackagesActive(
    tx,
    removed.map(({ id }) => id),
    false,
  );
  return added.length + edited.length > 0;
}

/**
 * What was foreseen stays, unless the schedule has an earlier moment or a first look is still to come; a
 * moment of cron that was missed is made up for.
 */
function findDue(
  { config, now }: Adoption,
  repository: RepositoryConfig,
  { dueAt }: StoredRepository,
  isNew: boolean,
): number | null {
  const { name, poll } = repository;
  const occasion = { repository: name, count: config.repositories.size, timezone: config.timezone, now };
  const foreseen = isNew || dueAt === null || (dueAt <= now && 'everyMs' in poll) ? undefined : dueAt;
  const next = foreseen === undefined ? findFirstPoll(poll, occasion) : findNextPoll(poll, occasion);
  return next === undefined ? null : Math.min(next, foreseen ?? next);
}
