import { mkdir, open, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMissing, readIfThere } from './files.ts';

/** The process that does a job: it started `at` (milliseconds), which is when the job's time limit begins. */
export interface Started {
  readonly pid: number;
  readonly start: string;
  readonly at: number;
}

/** Why a job is being ended before its time, and since when (milliseconds). */
export interface End {
  readonly reason: string;
  readonly at: number;
}

/**
 * Understands what the files in the directory of one job say.
 *
 * `boot`: the boot id of the system that the job belongs to. `claim.ID`: a wrapper's pid and start.
 * `started`: the claim of the wrapper that won. `output`: what the command wrote. `status`: its exit status.
 * `end`: why it is being ended. `work/`: its folder.
 */
export class WorkDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get output(): string {
    return join(this.path, 'output');
  }

  /** The folder that the command begins in. */
  get work(): string {
    return join(this.path, 'work');
  }

  /**
   * Makes the directory, and makes it durable before anything can start in it.
   *
   * This is the only place that needs fsync. While the system runs, what was written is seen by all, synced
   * or not; after it went down, a `boot` of other times says that the job may have started, whatever other
   * files were lost.
   */
  async prepare(bootId: string): Promise<void> {
    await mkdir(this.work, { recursive: true, mode: 0o700 });
    await this.#write('boot', bootId, { sync: true });
    await syncDirectory(this.path);
    await syncDirectory(dirname(this.path));
  }

  /** The boot id that the job belongs to; undefined if nothing was started here. */
  readBootId(): Promise<string | undefined> {
    return readIfThere(join(this.path, 'boot'));
  }

  async readStarted(): Promise<Started | undefined> {
    const found = await this.#read('started');
    const [, pid, start] = found === undefined ? [] : (/^(\d+) (.+)\n/.exec(found.text) ?? []);
    return found === undefined || start === undefined ? undefined : { pid: Number(pid), start, at: found.at };
  }

  /** The exit status; undefined while there is none, or where a crash of the system left an empty file. */
  async readStatus(): Promise<number | undefined> {
    const text = await readIfThere(join(this.path, 'status'));
    return text !== undefined && /^\d{1,3}\n$/.test(text) ? Number.parseInt(text, 10) : undefined;
  }

  /** What a wrapper that did not win left in its claim: its own line, and perhaps why the link failed. */
  readClaim(claim: string): Promise<string | undefined> {
    return readIfThere(join(this.path, claim));
  }

  async readEnd(): Promise<End | undefined> {
    const found = await this.#read('end');
    return found === undefined ? undefined : { reason: found.text, at: found.at };
  }

  /**
   * From now on no wrapper begins the command, and whatever the command still does, the job has failed for
   * this reason.
   */
  async writeEnd(reason: string): Promise<void> {
    await this.#write('end', reason, { sync: false });
  }

  async #read(name: string): Promise<{ readonly text: string; readonly at: number } | undefined> {
    const path = join(this.path, name);
    const text = await readIfThere(path);
    if (text === undefined) return undefined;
    try {
      return { text, at: (await stat(path)).mtimeMs };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async #write(name: string, text: string, { sync }: { readonly sync: boolean }): Promise<void> {
    const path = join(this.path, name);
    {
      await using file = await open(`${path}.new`, 'w', 0o600);
      await file.writeFile(text);
      if (sync) await file.sync();
    }
    await rename(`${path}.new`, path);
  }
}

async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path);
  await directory.sync();
}
