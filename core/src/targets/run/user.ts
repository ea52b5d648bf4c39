import { execFile } from 'node:child_process';
import { chmod, chown, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { Launch } from './launch.ts';
import type { WorkDirectory } from './work-directory.ts';

interface User {
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

const run = promisify(execFile);

/**
 * The launch as another user: by setpriv (util-linux), with that user's groups and home. Only the command
 * runs as that user; what watches it, and the files by which it is known whether it ran, stay the server's.
 */
export async function becomeUser(
  launch: Launch,
  name: string,
  directory: WorkDirectory,
): Promise<Launch | { readonly problem: string }> {
  const own = userInfo();
  if (own.username === name) return launch;
  if (own.uid !== 0) {
    return {
      problem: `it is to run as ${name}, and only root may do that: start the server as root or as ${name}, or leave "user" out`,
    };
  }
  const user = await findUser(name);
  if (user === undefined)
    return { problem: `there is no user ${name} on this machine: create it, or correct "user"` };
  if (!(await hasSetpriv(launch.environment))) {
    return {
      problem: `it is to run as ${name}, which needs setpriv: install util-linux on this machine, or leave "user" out`,
    };
  }
  await letIn(user, directory);
  const argv = [
    'setpriv',
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    '--init-groups',
    '--',
    ...launch.argv,
  ];
  return { ...launch, argv, environment: { ...launch.environment, HOME: user.home } };
}

/** As the system knows users, from wherever it does (getent(1)). */
async function findUser(name: string): Promise<User | undefined> {
  try {
    const { stdout } = await run('getent', ['--', 'passwd', name]);
    const [, , uid = '', gid = '', , home = ''] = stdout.split(':');
    return /^\d+$/.test(uid) && /^\d+$/.test(gid) ? { uid: Number(uid), gid: Number(gid), home } : undefined;
  } catch {
    // It exits with 2 for a name that is unknown.
    return undefined;
  }
}

async function hasSetpriv({ PATH }: Launch['environment']): Promise<boolean> {
  return run('setpriv', ['--version'], { env: { ...(PATH !== undefined && { PATH }) } }).then(
    () => true,
    () => false,
  );
}

/** The job's folder is the user's; what is above it may be passed, and neither listed nor changed. */
async function letIn({ uid, gid }: User, { path, work }: WorkDirectory): Promise<void> {
  await chown(work, uid, gid);
  for (const above of [path, dirname(path), dirname(dirname(path))]) {
    const { mode } = await stat(above);
    if ((mode & 0o011) !== 0o011) await chmod(above, (mode & 0o777) | 0o011);
  }
}
