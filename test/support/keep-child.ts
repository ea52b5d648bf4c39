import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Ends what was given to it and not taken back once its input ends, which it does however the process of the
 * tests does.
 */
const script = `
set --
while read -r what pid; do
  case $what in
    given) set -- "$@" "$pid" ;;
    gone) rest=; for one do [ "$one" = "$pid" ] || rest="$rest $one"; done; set -- $rest ;;
  esac
done
[ $# -eq 0 ] || kill -9 "$@"`;

let keeper: ChildProcess | undefined;

/** Sees to it that a process does not outlive the process of the tests, were that interrupted or killed. */
export function keepChild(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  keeper ??= startKeeper();
  keeper.stdin?.write(`given ${pid}\n`);
  child.once('exit', () => keeper?.stdin?.write(`gone ${pid}\n`));
}

function startKeeper(): ChildProcess {
  // A session of its own: Ctrl-C is for the tests.
  const shell = spawn('/bin/sh', ['-c', script], {
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  shell.unref();
  shell.stdin.on('error', () => {});
  if ('unref' in shell.stdin && typeof shell.stdin.unref === 'function') shell.stdin.unref();
  return shell;
}
