import { findVersionFault } from '@sluice/plugin-sdk';
import { nameMaterial } from '../../config/materials.ts';
import { because, type Refusal } from '../../domain/reason.ts';
import { type Candidate, isSound, toCandidate } from '../fan-in/candidate.ts';
import type { ResolvedMaterial, ResolvedPackage, ResolvedPipeline } from '../fan-in/materials.ts';
import type { MaterialChoice, TriggerByHand } from '../happening.ts';
import { ask, type Deciding } from '../question.ts';

/** What somebody chose, by the material's position, or why it cannot be had. */
export type ChosenByHand = ReadonlyMap<number, Candidate> | Refusal;

/** What the store knows pipelines by that may be named in a choice. */
type PipelineIds = ReadonlyMap<string, number>;

/** Finds what somebody chose. */
export function* chooseByHand(
  materials: readonly ResolvedMaterial[],
  { materials: choices, override }: TriggerByHand,
  pipelines: PipelineIds,
): Deciding<ChosenByHand> {
  const anchors = new Map<number, Candidate>();
  const names = materials.map(({ material }) => nameMaterial(material));
  for (const [name, choice] of Object.entries(choices)) {
    const position = names.indexOf(name);
    const material = materials[position];
    if (!material) return because('material-unknown', { material: name, materials: names });
    const found =
      'packageId' in material
        ? yield* findRevision(material, choice, pipelines)
        : yield* findUpstream(material, choice);
    if ('code' in found) return found;
    const objection = override ? undefined : findObjection(name, found);
    if (objection) return objection;
    anchors.set(position, found);
  }
  return anchors;
}

function* findRevision(
  { material, packageId }: ResolvedPackage,
  choice: MaterialChoice,
  pipelines: PipelineIds,
): Deciding<Candidate | Refusal> {
  const name = nameMaterial(material);
  if (typeof choice === 'object') return yield* findPassed({ name, packageId }, choice.passed, pipelines);
  const version = String(choice);
  const revision = findVersionFault(version) ? undefined : yield* ask('version', { packageId, version });
  return revision ? toCandidate(revision) : because('version-unknown', { package: name, version });
}

function* findPassed(
  { name, packageId }: { readonly name: string; readonly packageId: number },
  { pipeline, stage }: { readonly pipeline: string; readonly stage: string },
  pipelines: PipelineIds,
): Deciding<Candidate | Refusal> {
  const pipelineId = pipelines.get(pipeline);
  if (pipelineId === undefined) return because('pipeline-unknown', { pipeline });
  const [run] = yield* ask('passedRuns', { pipelineId, stage, limit: 1 });
  const value = run?.provenance.packages.get(packageId);
  const revision = value && (yield* ask('revision', value.revisionId));
  return revision ? toCandidate(revision) : because('never-passed', { pipeline, package: name, stage });
}

function* findUpstream(
  { material: { pipeline, stage }, pipelineId }: ResolvedPipeline,
  choice: MaterialChoice,
): Deciding<Candidate | Refusal> {
  if (typeof choice === 'object') return because('choose-a-run', { pipeline });
  const counter = Number(choice);
  const runId = Number.isSafeInteger(counter) ? yield* ask('run', { pipelineId, counter }) : undefined;
  if (runId === undefined) return because('run-unknown', { pipeline, run: JSON.stringify(String(choice)) });
  const [run] = yield* ask('passedRuns', { pipelineId, stage, runId, limit: 1 });
  return run ?? because('run-not-passed', { pipeline, run: String(counter), stage });
}

function findObjection(name: string, candidate: Candidate): Refusal | undefined {
  if (isSound(candidate)) return undefined;
  if ('run' in candidate) return because('run-barred', { pipeline: name, run: candidate.run.counter });
  const { version, state, digest } = candidate.revision;
  if (state === 'withdrawn') return because('version-withdrawn', { package: name, version });
  return because('version-republished', { package: name, version, digest });
}
