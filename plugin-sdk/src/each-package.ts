import { AskAhead } from './ask-ahead.ts';
import { type PluginError, toPluginError } from './errors.ts';
import type { Fields } from './fields.ts';
import type { DuePackage, PackageAnswer, PollAnswer, PollCall } from './plugin.ts';

/** How {@link eachPackage} works through the packages. */
export interface EachPackageOptions {
  /**
   * The most packages in flight at once; default 16. As many answers again may wait for whoever reads them.
   */
  readonly concurrency?: number;
}

type Ask<P extends Fields> = (due: DuePackage<P>, call: PollCall) => Promise<PackageAnswer>;
type KeyedAnswer = PackageAnswer & { readonly key: string };

/**
 * Turns a question about one package into a `poll` of many.
 *
 * What the question throws becomes that package's problem. A repository that gives no answer to as many
 * packages in a row as may be in flight is taken to be down: the poll throws that error instead of asking for
 * every package left. The poll ends at once when the call is aborted, and asks for nothing more when nobody
 * reads on.
 */
export function eachPackage<P extends Fields>(
  ask: Ask<P>,
  { concurrency = 16 }: EachPackageOptions = {},
): (packages: readonly DuePackage<P>[], call: PollCall) => AsyncGenerator<PollAnswer> {
  return async function* poll(packages, call) {
    const answers = new AskAhead(packages, (due) => askOne(ask, due, call), {
      concurrency,
      signal: call.signal,
    });
    let silent = 0;
    let done = 0;
    for await (const answer of answers) {
      const problem = 'problem' in answer ? answer.problem : undefined;
      silent = problem && isSilence(problem) ? silent + 1 : 0;
      if (problem && silent >= concurrency) throw problem;
      call.progress(++done, packages.length, 'packages');
      yield answer;
    }
  };
}

async function askOne<P extends Fields>(
  ask: Ask<P>,
  due: DuePackage<P>,
  call: PollCall,
): Promise<KeyedAnswer> {
  try {
    return { ...(await ask(due, call)), key: due.key };
  } catch (thrown) {
    return { key: due.key, problem: toPluginError(thrown) };
  }
}

function isSilence({ code }: PluginError): boolean {
  return code === 'UNREACHABLE' || code === 'TIMEOUT';
}
