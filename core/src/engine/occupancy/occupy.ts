import { findDeployment, listDeployments } from '../../config/deployment.ts';
import type { StayState } from '../../domain/level.ts';
import type { End } from '../../domain/status.ts';
import type { NewStay } from '../../store/effects/effect.ts';
import type { PlaceSituation } from '../../store/situations/situation.ts';
import { findApproval } from '../asked/stage-at-hand.ts';
import { type Draft, type DraftLevel, type DraftRun, type DraftStage, nameStage } from '../draft/draft.ts';
import { roadOf } from '../gate/road-of.ts';
import type { Asked } from '../happening.ts';
import { type Deployed, listDeployed } from './deployed.ts';

/** From the begin of a stage that deploys, its level is on its way from what is there to what the run has. */
export function beginDeployment(draft: Draft, stage: DraftStage): void {
  const { run } = stage;
  for (const { level, place, revisionId } of listDeployed(draft, stage)) {
    // A later stage at the same level goes on with what an earlier one began.
    if (place.run?.id === run.id) continue;
    const id = draft.newId();
    const { packageId, live } = place;
    const about = { levelId: level.id, packageId, revisionId, stage: nameStage(stage) };
    draft.add({ kind: 'stay begun', id, stay: { ...about, ...describeEntry(stage), insteadOf: live } });
    const deploying = { id: run.id, pipeline: run.pipeline.name, counter: run.counter, stage: stage.name };
    change(draft, level, {
      packageId,
      live,
      state: 'deploying',
      entering: id,
      doubted: place.entering,
      run: deploying,
    });
  }
}

/** Somebody says what is there: it is live, and instead of what was. Not while a run deploys there. */
export function recordThere(
  draft: Draft,
  { level, place, revisionId }: Omit<Deployed, 'package'>,
  { actor, comment }: Pick<Asked, 'actor'> & { readonly comment: string | null },
): void {
  const id = draft.newId();
  const { packageId, live, entering } = place;
  const about = { levelId: level.id, packageId, revisionId, stage: null, insteadOf: live };
  draft.add({ kind: 'stay begun', id, stay: { ...about, road: 'record', person: actor.person, comment } });
  settle(draft, level, { ...place, entering: id, doubted: entering });
}

/** What brought a run into a stage, and who: those who approved it, or whoever triggered the run. */
function describeEntry(stage: DraftStage): Pick<NewStay, 'road' | 'person' | 'comment'> {
  const { run, words, name } = stage;
  const approving = words.filter(({ verdict }) => verdict === 'approved');
  const person = approving.length > 0 ? approving.map((word) => word.person).join(', ') : run.person;
  const comment = approving.flatMap((word) => word.comment ?? []).at(-1) ?? null;
  return { road: roadOf({ stage, approval: findApproval(run.pipeline.definition, name) }), person, comment };
}

/**
 * Says what the end of a stage leaves at its level: the pass of the last one that deploys there makes it
 * live; after any other end nobody knows, unless no job had begun.
 */
export function endDeployment(draft: Draft, stage: DraftStage, status: End): void {
  for (const { level, place } of listDeploying(draft, stage.run)) {
    const name = findDeployment(draft.inForce.config, stage.run.pipeline.name, stage.name)?.level;
    if (name !== level.name) continue;
    if (status !== 'passed') {
      if (isUntouched(place, stage)) undo(draft, level, place);
      else doubt(draft, level, place);
    } else if (!isFollowed(draft, stage, { level, packageId: place.packageId })) {
      settle(draft, level, place);
    }
  }
}

/** A run that is over deploys nothing any more: what it has left half done, nobody knows. */
export function leaveDeployments(draft: Draft, run: DraftRun): void {
  for (const { level, place } of listDeploying(draft, run)) doubt(draft, level, place);
}

/** What pipelines deployed that stand there no more by the configuration in force, nobody will tell. */
export function dropDeployments(draft: Draft): void {
  for (const level of draft.levels) {
    for (const place of level.places.values()) {
      if (!place.run) continue;
      const { pipeline } = place.run;
      const deployments = listDeployments(draft.inForce.config, pipeline);
      if (!deployments.some((one) => one.level === level.name)) doubt(draft, level, place);
    }
  }
}

interface Deploying {
  readonly level: DraftLevel;
  readonly place: PlaceSituation;
}

function listDeploying(draft: Draft, run: DraftRun): readonly Deploying[] {
  return draft.levels.flatMap((level) =>
    [...level.places.values()].flatMap((place) => (place.run?.id === run.id ? [{ level, place }] : [])),
  );
}

/** Whether the stage itself has begun what is deployed, and none of its jobs. */
function isUntouched({ run }: PlaceSituation, { name, jobs }: DraftStage): boolean {
  return run?.stage === name && !jobs.some(({ hasBegun }) => hasBegun);
}

/** Whether a later stage of the run deploys the package at the level, too. */
function isFollowed(
  draft: Draft,
  { run, position }: DraftStage,
  { level, packageId }: { readonly level: DraftLevel; readonly packageId: number },
): boolean {
  return run.stages.some(
    (one) =>
      one.position > position &&
      listDeployed(draft, one).some(
        (deployed) => deployed.level === level && deployed.place.packageId === packageId,
      ),
  );
}

function settle(draft: Draft, level: DraftLevel, place: PlaceSituation): void {
  const { packageId, live, entering, doubted } = place;
  changeStay(draft, entering, 'live', false);
  changeStay(draft, live, 'replaced', true);
  changeStay(draft, doubted, 'uncertain', true);
  free(draft, level, {
    packageId,
    state: 'live',
    live: entering,
    entering: null,
    doubted: null,
    run: null,
  });
}

function doubt(draft: Draft, level: DraftLevel, place: PlaceSituation): void {
  changeStay(draft, place.entering, 'uncertain', false);
  changeStay(draft, place.doubted, 'uncertain', true);
  free(draft, level, { ...place, state: 'uncertain', doubted: null, run: null });
}

function undo(draft: Draft, level: DraftLevel, place: PlaceSituation): void {
  const { live, entering, doubted } = place;
  changeStay(draft, entering, 'undone', true);
  const state = doubted !== null ? 'uncertain' : live === null ? 'empty' : 'live';
  free(draft, level, { ...place, state, entering: doubted, doubted: null, run: null });
}

function changeStay(draft: Draft, id: number | null, state: StayState, isOver: boolean): void {
  if (id !== null) draft.add({ kind: 'stay changed', id, state, isOver });
}

function free(draft: Draft, level: DraftLevel, place: PlaceSituation): void {
  change(draft, level, place);
  draft.add({ kind: 'level freed' });
}

function change(draft: Draft, level: DraftLevel, place: PlaceSituation): void {
  level.places.set(place.packageId, place);
  draft.add({ kind: 'place changed', levelId: level.id, place });
}
