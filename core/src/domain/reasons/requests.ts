import { reason, toIso } from './kind.ts';

export interface Place {
  readonly pipeline: string;
  readonly run: number;
  readonly stage: string;
}

const charactersShown = 255;

/** What came from outside is shown short, without control characters. */
function quote(text: string): string {
  return JSON.stringify(text.slice(0, charactersShown));
}

function nameStage({ pipeline, run, stage }: Place): string {
  return `${stage} of ${pipeline} ${run}`;
}

/** Why a request of somebody changes nothing. */
export const requestReasons = {
  'pipeline-unknown': reason<{ pipeline: string }>(
    'The request names a pipeline that there is not.',
    '`sluice status` and `GET /api/v1/pipelines` name those that there are',
    ({ pipeline }) =>
      `there is no pipeline ${quote(pipeline)}; see GET /api/v1/pipelines for those that there are`,
  ),
  'run-unknown': reason<{ pipeline: string; run: string }>(
    'The request names a run that there is not, or that is not kept any more.',
    '`sluice runs PIPELINE` lists them',
    ({ pipeline, run }) => `there is no run ${run} of ${pipeline}, or none any more`,
  ),
  'stage-unknown': reason<{ pipeline: string; run: number; stage: string }>(
    'The request names a stage that the run does not have.',
    '`sluice runs PIPELINE` shows the stages',
    ({ pipeline, run, stage }) => `run ${run} of ${pipeline} has no stage ${quote(stage)}`,
  ),
  'attempt-moved-on': reason<Place & { attempt: number; asked: number }>(
    'The request speaks of an attempt at a stage that is not the newest.',
    'look at the run, and ask again',
    ({ attempt, asked, ...place }) => `${nameStage(place)} is at its attempt ${attempt} by now, not ${asked}`,
  ),
  'stage-not-waiting': reason<Place & { status: string }>(
    'The stage does not wait for approval.',
    'look at the run',
    ({ status, ...place }) => `${nameStage(place)} does not wait for approval: it is ${status}`,
  ),
  'stage-gone': reason<Place>(
    'The configuration in force does not have the stage any more.',
    'cancel it, or put the stage back',
    ({ pipeline, stage }) =>
      `the configuration in force has no stage ${stage} in ${pipeline} any more: nobody is let into it; cancel it, or put the stage back`,
  ),
  'asks-nobody': reason<Place>(
    'The stage has no manual approval any more.',
    'nothing is to be done',
    (place) => `${nameStage(place)} asks nobody any more`,
  ),
  'configuration-replaced': reason<object>(
    'Another configuration is in force than the node has that was asked.',
    'ask again, or another node',
    () =>
      'another configuration is in force than this node has, and rights go by that one; ask again, or another node',
  ),
  'approval-expired': reason<Place & { at: number }>(
    'The approval expired (`expires:`).',
    'trigger the run again',
    ({ at, ...place }) => `${nameStage(place)} was to be approved by ${toIso(at)}, and was not`,
  ),
  'approved-already': reason<Place & { by: string }>(
    'The person has approved already.',
    'ask somebody else: persons are counted once',
    ({ by, ...place }) => `${by} has approved ${nameStage(place)} already, and persons are counted once`,
  ),
  'stage-running': reason<Place>(
    'A stage of the run is running.',
    'cancel it, or wait for its end',
    ({ stage }) => `${stage} is running; cancel it, or wait for its end`,
  ),
  'stage-not-done': reason<Place & { status: string }>(
    'The stage that is to be run again has not been done yet.',
    'wait for it, approve it, or cancel it',
    ({ status, ...place }) => `${nameStage(place)} has not been done yet: it is ${status}`,
  ),
  'stage-before': reason<Place & { status: string; mayFail: boolean }>(
    'A stage before has to pass, or to end, first.',
    'run that one again',
    ({ stage, status, mayFail }) => `${stage} has to ${mayFail ? 'end' : 'pass'} first: it is ${status}`,
  ),
  'nothing-failed': reason<Place>(
    'Only the failed jobs were to be done again, and none failed.',
    'run the whole stage again',
    ({ stage }) => `no job of ${stage} failed; run the whole stage again`,
  ),
  'nothing-to-cancel': reason<Place & { status: string }>(
    'The stage is over, or being cancelled.',
    'nothing is to be done',
    ({ run, stage, status }) => `${stage} of run ${run} is ${status}`,
  ),
  'not-operator': reason<{ by: string; pipeline: string }>(
    'Whoever asks may not operate the pipeline.',
    'ask one of those who may; `access:` of the pipeline, or the role of the token, says who',
    ({ by, pipeline }) => `${by} may not operate ${pipeline}`,
  ),
  'level-unknown': reason<{ level: string }>(
    'The request names a level that the configuration does not have.',
    '`sluice where` and `GET /api/v1/levels` name those that there are',
    ({ level }) => `there is no level ${quote(level)}`,
  ),
  'not-operator-there': reason<{ by: string; level: string }>(
    'Whoever freezes a level, unfreezes it or records what is there must be one who may operate every pipeline that stands there.',
    'ask one of those who may',
    ({ by, level }) => `${by} may not operate all the pipelines that stand at ${level}`,
  ),
  'not-deployed-there': reason<{ level: string; package: string }>(
    'The request names a package that no pipeline deploys at the level.',
    '`sluice where --level LEVEL` names those that there are',
    ({ level, package: name }) => `no pipeline deploys ${quote(name)} at ${level}`,
  ),
  'level-in-use': reason<{ level: string; package: string }>(
    'A run deploys the package at the level: what is there is told when it has ended.',
    'wait, or cancel the run',
    ({ level, package: name }) => `a run deploys ${name} at ${level} now`,
  ),
  'not-frozen': reason<{ level: string; package: string | null }>(
    'The level is not frozen, or not for just this package.',
    '`sluice where` says what is frozen',
    ({ level, package: name }) => `${level} is not frozen${name === null ? '' : ` for ${name}`}`,
  ),
  'not-paused': reason<{ pipeline: string }>(
    'The pipeline is not paused.',
    'nothing is to be done',
    ({ pipeline }) => `${pipeline} is not paused`,
  ),
  'not-locked': reason<{ pipeline: string }>(
    'No run holds the lock of the pipeline.',
    'nothing is to be done',
    ({ pipeline }) => `${pipeline} is not locked`,
  ),
  'lock-in-use': reason<{ pipeline: string; run: number }>(
    'The run that holds the lock is running.',
    'cancel it, or wait for its end',
    ({ pipeline, run }) => `run ${run} of ${pipeline} is running; cancel it, or wait for its end`,
  ),
  'nothing-held': reason<{ pipeline: string }>(
    'The storm guard holds nothing in the pipeline.',
    'nothing is to be done',
    ({ pipeline }) => `nothing is held in ${pipeline}`,
  ),
  'not-held': reason<object>('Starts are not held.', 'nothing is to be done', () => 'starts are not held'),
  'pipeline-paused': reason<{ pipeline: string }>(
    'The pipeline is paused.',
    '`sluice unpause PIPELINE`',
    ({ pipeline }) => `${pipeline} is paused; unpause it first`,
  ),
  'variable-unknown': reason<{ pipeline: string; names: readonly string[] }>(
    'A trigger sets a variable that the pipeline does not declare.',
    'declare it under `environment:`',
    ({ pipeline, names }) =>
      `declare ${names.map(quote).join(', ')} under environment: of ${pipeline} to set it here`,
  ),
  'material-unknown': reason<{ material: string; materials: readonly string[] }>(
    'A trigger chooses for a material that the pipeline does not have.',
    'choose for one of those that it has',
    ({ material, materials }) =>
      `there is no material ${quote(material)} here; there are ${materials.join(', ')}`,
  ),
  'choose-a-run': reason<{ pipeline: string }>(
    'A trigger chooses something else than a run for a pipeline material.',
    'choose the counter of one of its runs',
    ({ pipeline }) => `${pipeline} is a pipeline: choose the counter of one of its runs`,
  ),
  'version-unknown': reason<{ package: string; version: string }>(
    'A request names a version that was never seen.',
    'poll its repository, or choose another version',
    ({ package: name, version }) =>
      `${name} ${quote(version)} is not in the ledger; poll its repository, or choose another version`,
  ),
  'version-withdrawn': reason<{ package: string; version: string }>(
    'A trigger chooses a version that was withdrawn.',
    'choose another, or override with a comment',
    ({ package: name, version }) =>
      `${name} ${quote(version)} was withdrawn from its repository; choose another`,
  ),
  'version-republished': reason<{ package: string; version: string; digest: string }>(
    'A trigger chooses a version whose bytes changed.',
    'compare the bytes and acknowledge the new digest, choose another, or override with a comment',
    ({ package: name, version, digest }) =>
      `${name} ${quote(version)} was published again with other bytes; acknowledge ${digest} first`,
  ),
  'run-barred': reason<{ pipeline: string; run: number }>(
    'A trigger chooses an upstream run with a withdrawn or republished version behind it.',
    'choose another, or override with a comment',
    ({ pipeline, run }) => `${pipeline} ${run} has a revision behind it that is withdrawn or republished`,
  ),
  'run-not-passed': reason<{ pipeline: string; run: string; stage: string }>(
    'A trigger chooses an upstream run that has not passed the stage.',
    'choose one that has',
    ({ pipeline, run, stage }) => `run ${run} of ${pipeline} has not passed ${stage}`,
  ),
  'never-passed': reason<{ pipeline: string; package: string; stage: string }>(
    'A trigger asks for what passed a stage last, and nothing has.',
    'choose a version',
    ({ pipeline, package: name, stage }) =>
      `no run of ${pipeline} with ${name} behind it has passed ${quote(stage)}`,
  ),
  'poll-failed-first': reason<{ repository: string; why: string }>(
    'A repository had to be polled before the run was triggered, and could not be.',
    'see what is wrong with it, or go by what is recorded (`"poll": false`)',
    ({ repository, why }) =>
      `${repository} could not be polled first (${why}); send "poll": false to go by what is recorded`,
  ),
  'cannot-pin': reason<{ package: string; version: string; code: string; why: string }>(
    'A trigger chooses a version of which the repository has not what a run needs.',
    'choose another',
    ({ package: name, version, code, why }) => `${name} ${version} cannot be pinned: ${code}: ${why}`,
  ),
};
