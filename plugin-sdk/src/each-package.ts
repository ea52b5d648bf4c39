import { type PluginError, toPluginError } from './errors.ts';
import type { Fields } from './fields.ts';
import type { DuePackage, PackageAnswer, PollAnswer, PollCall } from './plugin.ts';

/** How {@link eachPackage} works through the packages. */
export interface EachPackageOptions {
  /** The most packages in flight at once; default 16. */
  readonly concurrency?: number;
}

type KeyedAnswer = { readonly key: string } & PackageAnswer;

/**
 * Turns a question about one package into a `poll` of many.
 *
 * What the question throws becomes that package's problem. A repository that gives no answer to as many packages in a row
 * as may be in flight is taken to be down: the poll throws that error instead of asking for every package left.
 */
export function eachPackage<P extends Fields>(
  ask: (due: DuePackage<P>, call: PollCall) => Promise<PackageAnswer>,
  { concurrency = 16 }: EachPackageOptions = {},
): (packages: readonly DuePackage<P>[], call: PollCall) => AsyncGenerator<PollAnswer> {
  return async function* poll(packages, call) {
    const waiting = packages.values();
    const answered: KeyedAnswer[] = [];
    let wake = () => {};
    let silent = 0;

    const work = async () => {
      for (const due of waiting) {
        if (call.signal.aborted) return;
        answered.push(await askOne(ask, due, call));
        wake();
      }
    };
    for (let worker = 0; worker < concurrency; worker++) void work();

    for (let done = 1; done <= packages.length; done++) {
      while (answered.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      call.signal.throwIfAborted();
      const answer = answered.shift() as KeyedAnswer;
      silent = 'problem' in answer && isSilence(answer.problem) ? silent + 1 : 0;
      if (silent >= concurrency && 'problem' in answer) throw answer.problem;
      call.progress(done, packages.length, 'packages');
      yield answer;
    }
  };
}

async function askOne<P extends Fields>(
  ask: (due: DuePackage<P>, call: PollCall) => Promise<PackageAnswer>,
  due: DuePackage<P>,
  call: PollCall,
): Promise<KeyedAnswer> {
  try {
    return { key: due.key, ...(await ask(due, call)) };
  } catch (thrown) {
    return { key: due.key, problem: toPluginError(thrown) };
  }
}

function isSilence({ code }: PluginError): boolean {
  return code === 'UNREACHABLE' || code === 'TIMEOUT';
}
