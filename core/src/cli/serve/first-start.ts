import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createFirstStart, type Tried } from '../../api/first-start/first-start.ts';
import { type FirstConfig, writeFirstConfig } from '../../config/first-config.ts';
import { ConfigError } from '../../config/problem.ts';
import { type CheckedPackage, checkRepository } from '../check-repository.ts';
import type { CliSurroundings } from '../surroundings.ts';
import { withConfig, withPlugins } from '../with-config.ts';
import type { LifeOptions } from './life.ts';

const lookMs = 300;
const versionsShown = 10;
const host = '127.0.0.1';
const port = 8153;

/**
 * Where there is no configuration, serves a page that helps to write one, to this machine only, until the
 * file is there and valid, or the signal aborts. Does nothing where there is a file.
 */
export async function helpToConfigure({
  file,
  surroundings,
  log,
}: Pick<LifeOptions, 'file' | 'surroundings' | 'log'>): Promise<void> {
  if (existsSync(file)) return;
  await withPlugins(undefined, surroundings, async (plugins) => {
    const watch = new FileWatch(file, surroundings);
    const server = await createFirstStart(
      {
        file: resolve(surroundings.directory, file),
        plugins: plugins.loaded(),
        problems: () => watch.problems,
        write: writeFirstConfig,
        tryOut: (draft) => tryOut(draft, surroundings),
      },
      log.child({}, { level: 'warn' }),
    );
    // Another server of this machine may have the usual port: then any that is free.
    const address = await server.listen({ host, port }).catch(() => server.listen({ host, port: 0 }));
    log.info(
      `there is no ${file}: look at ${address}/ for help with a first one, or write it; the server starts when it is there`,
    );
    await watch.untilValid();
    await server.close();
  });
}

/** Understands when a file that is to come is there and can be used. */
class FileWatch {
  problems: readonly string[] = [];
  readonly #file: string;
  readonly #surroundings: CliSurroundings;

  constructor(file: string, surroundings: CliSurroundings) {
    this.#file = file;
    this.#surroundings = surroundings;
  }

  async untilValid(): Promise<void> {
    const { signal } = this.#surroundings;
    for (let seen = 0; !signal.aborted; ) {
      await wait(lookMs, undefined, { signal }).catch(() => undefined);
      const changed = await stat(this.#file).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      );
      if (changed === seen) continue;
      seen = changed;
      this.problems = changed === 0 ? [] : await findProblems(this.#file, this.#surroundings);
      if (changed !== 0 && this.problems.length === 0) return;
    }
  }
}

async function findProblems(file: string, surroundings: CliSurroundings): Promise<readonly string[]> {
  try {
    await withConfig(file, surroundings, async () => {});
    return [];
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.message.split('\n');
    throw thrown;
  }
}

/** Checks a draft as a file of its own, which is gone afterwards. */
async function tryOut(draft: FirstConfig, surroundings: CliSurroundings): Promise<Tried> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-draft-'));
  const file = join(directory, 'sluice.yaml');
  try {
    await writeFile(file, writeFirstConfig(draft), { mode: 0o600 });
    return await withConfig(file, surroundings, async ({ repositories }, plugins): Promise<Tried> => {
      const repository = repositories.get(draft.repository.name);
      if (!repository) return { problems: ['the repository has no name'] };
      const warnings: string[] = [];
      const [checked] = await checkRepository(plugins, repository, {
        packages: [...repository.packages.values()],
        described: 1,
        signal: surroundings.signal,
        onProgress: () => {},
        onWarning: (warning) => warnings.push(warning),
      });
      return toTried(checked, warnings);
    });
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    return { problems: thrown.problems.map(({ message }) => message) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function toTried(checked: CheckedPackage | undefined, warnings: readonly string[]): Tried {
  if (!checked || 'problem' in checked) {
    return {
      problems: checked ? [`${checked.problem.code}: ${checked.problem.message}`, ...warnings] : warnings,
    };
  }
  const versions = checked.revisions.map(({ version }) => version).toReversed();
  return { versions: versions.slice(0, versionsShown), total: versions.length };
}
