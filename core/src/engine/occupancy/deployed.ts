import { findDeployment } from '../../config/deployment.ts';
import { because, type ReasonOf } from '../../domain/reason.ts';
import type { PlaceSituation } from '../../store/situations/situation.ts';
import { type Draft, type DraftLevel, type DraftStage, placeOf } from '../draft/draft.ts';

/** A package that a stage deploys, and what is there of it. */
export interface Deployed {
  readonly level: DraftLevel;
  /** `repository/package` */
  readonly package: string;
  readonly revisionId: number;
  readonly place: PlaceSituation;
}

/** What a stage of a run deploys by the configuration in force, as far as it is behind the run. */
export function listDeployed(draft: Draft, { name, run }: DraftStage): readonly Deployed[] {
  const deployment = findDeployment(draft.inForce.config, run.pipeline.name, name);
  const level = draft.levels.find((one) => one.name === deployment?.level);
  if (!deployment || !level) return [];
  const behind = new Map(run.behind?.packages.map((one) => [one.packageId, one.revisionId]));
  return deployment.packages.flatMap((packageName) => {
    const packageId = draft.situation.materialIds.packages.get(packageName);
    const revisionId = packageId === undefined ? undefined : behind.get(packageId);
    if (packageId === undefined || revisionId === undefined) return [];
    const place = level.places.get(packageId) ?? nothingThere(packageId);
    return [{ level, package: packageName, revisionId, place }];
  });
}

/** What is at a level of a package that was never deployed there. */
export function nothingThere(packageId: number): PlaceSituation {
  return { packageId, state: 'empty', live: null, entering: null, doubted: null, run: null };
}

/** Another run that deploys now what a stage would deploy. */
export function findOccupant(draft: Draft, stage: DraftStage): ReasonOf<'level-busy'> | undefined {
  const taken = listDeployed(draft, stage).find(({ place: { run } }) => run && run.id !== stage.run.id);
  // Not which run: whoever may see this one may not see that.
  return (
    taken && because('level-busy', { ...placeOf(stage), level: taken.level.name, package: taken.package })
  );
}
