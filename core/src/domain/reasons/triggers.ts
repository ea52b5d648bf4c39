import { type Contribution, list, nameContribution, quoteWords, reason } from './kind.ts';

/** An upstream pipeline that has to pass, as far as a set lacks it. */
export interface Lack {
  readonly pipeline: string;
  /** The stage that has to be passed, null where it is the last. */
  readonly stage: string | null;
  /** What has to be behind the pass. */
  readonly versions: readonly Contribution[];
  /** Whether it has passed with these versions, and with other runs behind. */
  readonly sameRuns: boolean;
}

function sayLack({ pipeline, stage, versions, sameRuns }: Lack): string {
  const what = stage === null ? `${pipeline} to pass` : `${pipeline} to pass ${stage}`;
  const withWhat = versions.length === 0 ? '' : ` with ${list(versions.map(nameContribution))}`;
  return `${what}${withWhat}${sameRuns ? ' and the same runs behind it' : ''}`;
}

/** Why a trigger, a timer or a request starts a run, waits, or never will. */
export const triggerReasons = {
  passed: reason<{ pipeline: string; run: number; stage: string }>(
    'An upstream pipeline passed the stage that the pipeline listens to.',
    'nothing is to be done',
    ({ pipeline, run, stage }) => `${pipeline} ${run} passed ${stage}`,
  ),
  'manual-pass': reason<{ pipeline: string; run: number; stage: string }>(
    'An upstream pipeline passed, and the pipeline listens to it with `trigger: manual`.',
    'trigger a run by hand, or listen with `latest` or `every`',
    ({ pipeline, run, stage }) =>
      `${pipeline} ${run} passed ${stage}: trigger: manual starts nothing by itself`,
  ),
  'timer-came': reason<{ cron: string }>(
    "The pipeline's timer came.",
    'nothing is to be done',
    ({ cron }) => `the timer ${cron} came`,
  ),
  triggered: reason<{ by: string | null; override: boolean; comment: string | null }>(
    'Somebody triggered a run by hand.',
    'nothing is to be done',
    ({ by, override, comment }) => {
      const who = by === null ? 'triggered by hand' : `triggered by ${by}`;
      return `${who}${override ? ', despite what is wrong with its revisions' : ''}${quoteWords(comment)}`;
    },
  ),
  'newer-trigger': reason<Contribution>(
    'Something newer of the same material waits to start a run, and takes the place.',
    'trigger a run by hand where the older one is wanted, or listen with `every`',
    (by) => `${nameContribution(by)} is newer, and starts in its place`,
  ),
  'run-again': reason<{ pipeline: string; run: number; stage: string }>(
    'The stage of the upstream run whose pass would have started a run was run again.',
    'wait for what comes of that',
    ({ pipeline, run, stage }) =>
      `${pipeline} ${run} was run again from ${stage} on; what comes of that decides`,
  ),
  'trigger-barred': reason<Contribution & { is: string }>(
    'What would start a run is republished, withdrawn, deprecated or yanked.',
    'acknowledge the bytes, publish it again or a newer one, or add its standing to `accept:`',
    ({ is, ...what }) => `${nameContribution(what)} is ${is}; it starts nothing for as long as it is`,
  ),
  hold: reason<{ why: string }>(
    'All starts are held, since the store was restored from a backup.',
    'see what is right to go on with, then `sluice release`',
    ({ why }) =>
      `all starts are held: ${why}; see what is right to go on with, then release them ("sluice release")`,
  ),
  paused: reason<{ comment: string | null }>(
    'Somebody paused the pipeline.',
    '`sluice unpause PIPELINE`',
    ({ comment }) => `the pipeline is paused${quoteWords(comment)}`,
  ),
  locked: reason<{ run: number; status: string }>(
    'A run holds the lock of the pipeline (`lock:`).',
    'wait for its end; after a failure mend it and run it again, or `sluice unlock PIPELINE`',
    ({ run, status }) => `the pipeline is locked by run ${run} (${status})`,
  ),
  busy: reason<{ run: number; stage: string; isIn: boolean }>(
    'Another run of the pipeline is in its first stage, or waits for it.',
    'wait for it',
    ({ run, stage, isIn }) => `run ${run} ${isIn ? 'is in' : 'waits for'} the stage ${stage}`,
  ),
  'no-version': reason<{ materials: readonly string[] }>(
    'A material has no version yet that could be part of the set.',
    'publish one, or look whether its repository can be polled',
    ({ materials }) => `there is no version yet that could go with it: ${materials.join(', ')}`,
  ),
  'trigger-gone': reason<Contribution>(
    'What would start a run is not kept any more.',
    'trigger a run by hand',
    (what) => `${nameContribution(what)} is not there any more`,
  ),
  'barred-behind': reason<Contribution>(
    'A version behind what would start a run is withdrawn or republished.',
    'acknowledge its bytes, or publish it again',
    (what) => `${nameContribution(what)} has a revision behind it that is withdrawn or republished`,
  ),
  'lower-version': reason<{ package: string; version: string; than: string; run: number }>(
    'A run with a higher version of the package was started before.',
    'trigger a run by hand where the lower one is wanted',
    ({ package: name, version, than, run }) =>
      `${name} ${version} is lower than ${than}, which run ${run} had, and trigger: latest never goes down`,
  ),
  'older-runs': reason<Contribution & { run: number }>(
    'What agrees has the versions of a run that was started before, from older upstream runs.',
    'trigger a run by hand where it is wanted',
    ({ run, ...what }) =>
      `what goes with ${nameContribution(what)} has the revisions of run ${run}, from older runs, and trigger: latest never goes back`,
  ),
  'same-set': reason<{ run: number }>(
    'The same versions and upstream runs have started a run already.',
    'nothing is to be done',
    ({ run }) => `the same set of materials has started run ${run} already`,
  ),
  'search-given-up': reason<Contribution & { steps: number }>(
    'There are very many candidates, and no set was found that agrees.',
    'wait for newer runs upstream, or trigger a run by hand with chosen ones',
    ({ steps, ...what }) =>
      `the search for a set that agrees with ${nameContribution(what)} was given up after ${steps} steps`,
  ),
  'no-set-found': reason<{ steps: number }>(
    'There are very many candidates, and none was found that agrees with what was chosen.',
    'choose more of the materials',
    ({ steps }) => `nothing that agrees was found in ${steps} steps`,
  ),
  disagree: reason<object>(
    'What was chosen disagrees with itself: a package or a pipeline behind it has two values.',
    'choose upstream runs of the same versions',
    () => 'the versions and runs that were chosen do not agree with each other',
  ),
  'no-set': reason<{ materials: readonly string[] }>(
    'Each material has candidates, and no set of them agrees without being lower than before.',
    'wait for newer runs upstream',
    ({ materials }) =>
      `waits for revisions of ${list(materials)} that all agree, and are not lower than before`,
  ),
  'waits-for': reason<{ lacks: readonly Lack[]; have: readonly string[] }>(
    'An upstream pipeline has still to pass with the versions in question.',
    'wait for it, or see why it does not pass',
    ({ lacks, have }) => {
      const passed = have.length === 0 ? '' : ` (${list(have)} ${have.length === 1 ? 'has' : 'have'})`;
      return `waits for ${lacks.map(sayLack).join(', and for ')}${passed}`;
    },
  ),
  unchanged: reason<object>(
    'A timer came that starts runs only on changes (`onlyOnChanges`).',
    'nothing is to be done',
    () => 'the timer came, and no material differs from the run before',
  ),
  removed: reason<object>(
    'The pipeline is not in the configuration any more.',
    'nothing is to be done',
    () => 'the pipeline was removed from the configuration',
  ),
  unheard: reason<object>(
    'The pipeline does not list the material any more.',
    'nothing is to be done',
    () => 'the pipeline does not listen to this any more',
  ),
};
