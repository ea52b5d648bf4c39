import 'reflect-metadata';
import { container, instanceCachingFactory } from 'tsyringe';
import { runCli } from './cli/program.ts';
import { addServeCommand } from './cli/serve/serve.ts';
import { createStopSignal, type StopSignal } from './cli/stop-signal.ts';
import type { CliSurroundings, OpenHost } from './cli/surroundings.ts';
import { createTerminal } from './cli/terminal.ts';
import { Interpolator } from './config/interpolator.ts';
import { Masker } from './config/masker.ts';
import { findBundled } from './plugins/find.ts';
import { createPluginHost } from './plugins/host.ts';
import { isCron } from './polling/schedule.ts';

/** Runs `sluice` with the arguments after its name; sets the process's exit code. */
export async function main(args: readonly string[]): Promise<void> {
  compose();
  process.exitCode = await runCli(args, container.resolve<CliSurroundings>('CliSurroundings'), [
    addServeCommand,
  ]);
}

/** What the house is made of; each part is made once, when it is first needed. */
function compose(): void {
  const provide = <T>(name: string, make: () => T) =>
    container.register(name, { useFactory: instanceCachingFactory(make) });
  const environment = process.env;
  const masker = () => container.resolve<Masker>('Masker');
  const terminal = () => container.resolve<ReturnType<typeof createTerminal>>('Terminal');

  const stop = () => container.resolve<StopSignal>('StopSignal');

  provide('Masker', () => new Masker());
  provide('StopSignal', createStopSignal);
  provide('Terminal', () =>
    createTerminal({ stdout: process.stdout, stderr: process.stderr, masker: masker() }),
  );
  provide(
    'OpenHost',
    (): OpenHost =>
      async ({ directory, plugins, pluginLimits, http }, listeners) => {
        const interpolator = new Interpolator({ directory, environment, masker: masker() });
        return createPluginHost({
          plugins: [...(await findBundled()), ...plugins],
          directory,
          limits: pluginLimits,
          http,
          environment,
          resolve: (template) => interpolator.resolve(template),
          learnSecret: (value) => masker().add(value),
          mask: (text) => masker().mask(text),
          log:
            listeners?.onLine ??
            (({ plugin, level, message }) => level !== 'debug' && terminal().warn(`${plugin}: ${message}`)),
          signal: stop().signal,
          ...(listeners && { onRestart: listeners.onRestart }),
        });
      },
  );
  provide(
    'CliSurroundings',
    (): CliSurroundings => ({
      ...terminal(),
      directory: process.cwd(),
      environment,
      masker: masker(),
      stdin: process.stdin,
      signal: stop().signal,
      interruptibly: (work) => stop().interruptibly(work),
      isCron,
      openHost: container.resolve<OpenHost>('OpenHost'),
    }),
  );
}
