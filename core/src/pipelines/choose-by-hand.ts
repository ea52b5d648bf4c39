import { findVersionFault } from '@sluice/plugin-sdk';
import { nameMaterial } from '../config/materials.ts';
import { readPinnable, readPinnableVersion } from '../store/pinnable.ts';
import { findPipeline } from '../store/pipelines.ts';
import { readPassedRuns } from '../store/provenance.ts';
import { findRun } from '../store/runs.ts';
import type { Tx } from '../store/store.ts';
import { type Candidate, isSound, toCandidate } from './fan-in/candidate.ts';
import type { ResolvedMaterial, ResolvedPackage, ResolvedPipeline } from './fan-in/resolve-materials.ts';
import { quote, type Refusal, refuse } from './refusal.ts';

/**
 * What somebody chooses for a material: a version of a package, the counter of an upstream run, or the revision that last passed a
 * stage of a pipeline.
 */
export type MaterialChoice = string | number | { readonly passed: { readonly pipeline: string; readonly stage: string } };

/** Somebody's choices, by material. */
export interface Choices {
  readonly materials: Readonly<Record<string, MaterialChoice>>;
  /** Whether republished and withdrawn revisions are taken all the same. */
  readonly override: boolean;
}

/** Finds what somebody chose, by the material's position. */
export async function chooseByHand(
  tx: Tx,
  materials: readonly ResolvedMaterial[],
  { materials: choices, override }: Choices,
): Promise<ReadonlyMap<number, Candidate> | Refusal> {
  const anchors = new Map<number, Candidate>();
  const names = materials.map(({ material }) => nameMaterial(material));
  for (const [name, choice] of Object.entries(choices)) {
    const position = names.indexOf(name);
    const material = materials[position];
    if (!material) return refuse('MATERIAL_UNKNOWN', `there is no material ${quote(name)} here; there are ${names.join(', ')}`);
    const found = 'packageId' in material ? await findRevision(tx, material, choice) : await findUpstream(tx, material, choice);
    if ('code' in found) return found;
    const objection = override ? undefined : findObjection(name, found);
    if (objection) return objection;
    anchors.set(position, found);
  }
  return anchors;
}

async function findRevision(
  tx: Tx,
  { material, packageId }: ResolvedPackage,
  choice: MaterialChoice,
): Promise<Candidate | Refusal> {
  const name = nameMaterial(material);
  if (typeof choice === 'object') return findPassedRevision(tx, { name, packageId }, choice.passed);
  const version = String(choice);
  const revision = findVersionFault(version) ? undefined : await readPinnableVersion(tx, packageId, version);
  if (revision) return toCandidate(revision);
  return refuse(
    'REVISION_UNKNOWN',
    `${name} ${quote(version)} is not in the ledger; poll its repository, or choose another version`,
  );
}

async function findPassedRevision(
  tx: Tx,
  { name, packageId }: { readonly name: string; readonly packageId: number },
  { pipeline, stage }: { readonly pipeline: string; readonly stage: string },
): Promise<Candidate | Refusal> {
  const pipelineId = await findPipeline(tx, pipeline);
  if (pipelineId === undefined)
    return refuse('PIPELINE_UNKNOWN', `there is no pipeline ${quote(pipeline)} that ${name} could have passed`);
  const [run] = await readPassedRuns(tx, { pipelineId, stage, limit: 1 });
  const value = run?.provenance.packages.get(packageId);
  const revision = value && (await readPinnable(tx, [value.revisionId])).get(value.revisionId);
  if (revision) return toCandidate(revision);
  return refuse('RUN_NOT_PASSED', `no run of ${pipeline} with ${name} behind it has passed ${quote(stage)}`);
}

async function findUpstream(
  tx: Tx,
  { material, pipelineId }: ResolvedPipeline,
  choice: MaterialChoice,
): Promise<Candidate | Refusal> {
  const { pipeline, stage } = material;
  if (typeof choice === 'object')
    return refuse('MATERIAL_UNKNOWN', `${pipeline} is a pipeline: choose the counter of one of its runs`);
  const counter = Number(choice);
  const runId = Number.isSafeInteger(counter) ? await findRun(tx, pipelineId, counter) : undefined;
  if (runId === undefined)
    return refuse('RUN_UNKNOWN', `there is no run ${quote(String(choice))} of ${pipeline}, or none any more`);
  const [run] = await readPassedRuns(tx, { pipelineId, stage, runId, limit: 1 });
  return run ?? refuse('RUN_NOT_PASSED', `run ${counter} of ${pipeline} has not passed ${stage}`);
}

function findObjection(name: string, candidate: Candidate): Refusal | undefined {
  if (isSound(candidate)) return undefined;
  if ('run' in candidate) {
    return refuse(
      'REVISION_WITHDRAWN',
      `${name} ${candidate.run.counter} has a revision behind it that is withdrawn or republished`,
    );
  }
  const { version, state, digest } = candidate.revision;
  const what = `${name} ${quote(version)}`;
  if (state === 'withdrawn') return refuse('REVISION_WITHDRAWN', `${what} was withdrawn from its repository; choose another`);
  return refuse('REVISION_REPUBLISHED', `${what} was published again with other bytes; acknowledge ${digest} first`);
}
