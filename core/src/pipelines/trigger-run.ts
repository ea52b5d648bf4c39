import { findVersionFault } from '@sluice/plugin-sdk';
import type { PipelineConfig } from '../config/config.ts';
import { appendDecisions, type NewDecision } from '../store/decisions.ts';
import { type PinnableRevision, readPinnableVersion } from '../store/pinnable.ts';
import { findPackages, findPipeline, lockPipelines } from '../store/pipelines.ts';
import type { Tx } from '../store/store.ts';
import { admitStages } from './admit-stages.ts';
import { ChangeList, type Changes } from './changes.ts';
import { createRun } from './create-run.ts';
import { nameMaterial, pinMaterials } from './pin-materials.ts';
import type { StartOptions } from './start-runs.ts';

const namesShown = 5;
const charactersShown = 255;

/** What somebody asks for. */
export interface RunRequest {
  readonly pipeline: string;
  /** Versions by material, `npmjs/fastify` to `5.2.1`; the others contribute their highest. */
  readonly materials: Readonly<Record<string, string>>;
  /** Literal values, for names that the pipeline declares. */
  readonly environment: Readonly<Record<string, string>>;
  /** Who asks, where that is known. */
  readonly by: string | undefined;
}

/** Why a request is refused. */
export type RefusalCode =
  | 'PIPELINE_UNKNOWN'
  | 'PIPELINE_PAUSED'
  | 'MATERIAL_UNKNOWN'
  | 'REVISION_UNKNOWN'
  | 'REVISION_REPUBLISHED'
  | 'REVISION_WITHDRAWN'
  | 'REVISION_MISSING'
  | 'VARIABLE_UNKNOWN';

/** A request that starts nothing, and what to do about it. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
}

/** The run that a request started, or why it did not; `changes` are to be told in either case. */
export type Triggered =
  | { readonly counter: number; readonly refusal?: undefined; readonly changes: Changes }
  | { readonly counter?: undefined; readonly refusal: Refusal; readonly changes: Changes };

/**
 * Starts a run because somebody asks for it, with chosen versions of any material: they are pins, and touch no trigger. A run that
 * finds the first stage occupied waits for its turn there. What is refused is recorded as a decision, too.
 */
export async function triggerRun(tx: Tx, request: RunRequest, options: StartOptions): Promise<Triggered> {
  const changes = new ChangeList();
  const definition = options.config.pipelines.get(request.pipeline);
  const id = definition && (await findPipeline(tx, definition.name));
  const [pipeline] = await lockPipelines(tx, id === undefined ? [] : [id]);
  if (!definition || !pipeline) {
    const message = `there is no pipeline ${quote(request.pipeline)}; see GET /api/v1/pipelines for those that there are`;
    return { refusal: { code: 'PIPELINE_UNKNOWN', message }, changes };
  }
  const about = { at: options.now, pipelineId: pipeline.id, packageId: null, version: null } as const;
  const plan = await planRun(tx, { ...pipeline, definition }, request, options);
  if ('code' in plan) {
    const materials = keepKnown(definition, request.materials);
    const refused = { outcome: 'refused', reason: plan.message, materials, runId: null } as const;
    await appendDecisions(tx, [{ ...about, ...refused }]);
    return { refusal: plan, changes };
  }
  const move = { pipeline, now: options.now, changes };
  const cause = request.by === undefined ? 'triggered by hand' : `triggered by ${request.by}`;
  const run = await createRun(tx, move, { definition, pins: plan.pins, cause, environment: request.environment });
  const decision: NewDecision = { ...about, outcome: 'started', reason: cause, materials: run.materials, runId: run.id };
  await admitStages(tx, move);
  await appendDecisions(tx, [decision, ...changes.decisions]);
  return { counter: run.counter, changes };
}

interface Planned {
  readonly id: number;
  readonly pausedAt: number | null;
  readonly pausedReason: string | null;
  readonly definition: PipelineConfig;
}

async function planRun(tx: Tx, pipeline: Planned, request: RunRequest, options: StartOptions) {
  const { definition } = pipeline;
  if (pipeline.pausedAt !== null) return refuse('PIPELINE_PAUSED', `${definition.name} is paused; unpause it first`);
  const undeclared = Object.keys(request.environment).filter((name) => !Object.hasOwn(definition.environment, name));
  if (undeclared.length > 0) {
    const names = undeclared.slice(0, namesShown).map(quote).join(', ');
    return refuse('VARIABLE_UNKNOWN', `declare ${names} under environment: of ${definition.name} to set it here`);
  }
  const chosen = await chooseRevisions(tx, definition, request.materials);
  if ('code' in chosen) return chosen;
  const pinned = await pinMaterials(tx, pipeline, chosen, options);
  if (!pinned.missing) return pinned;
  return refuse('REVISION_MISSING', `there is no version yet that could start a run: ${pinned.missing.join(', ')}`);
}

async function chooseRevisions(
  tx: Tx,
  definition: PipelineConfig,
  versions: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<number, PinnableRevision> | Refusal> {
  const ids = await findPackages(tx, definition.materials);
  const known = definition.materials.map(nameMaterial);
  const chosen = new Map<number, PinnableRevision>();
  for (const [material, version] of Object.entries(versions)) {
    const packageId = known.includes(material) ? ids.get(material) : undefined;
    if (packageId === undefined) {
      return refuse('MATERIAL_UNKNOWN', `${definition.name} has no material ${quote(material)}; it has ${known.join(', ')}`);
    }
    const revision = findVersionFault(version) ? undefined : await readPinnableVersion(tx, packageId, version);
    const objection = findObjection(material, version, revision);
    if (objection) return objection;
    if (revision) chosen.set(packageId, revision);
  }
  return chosen;
}

function findObjection(material: string, version: string, revision: PinnableRevision | undefined): Refusal | undefined {
  const what = `${material} ${quote(version)}`;
  if (!revision)
    return refuse('REVISION_UNKNOWN', `${what} is not in the ledger; poll its repository, or choose another version`);
  if (revision.state === 'withdrawn')
    return refuse('REVISION_WITHDRAWN', `${what} was withdrawn from its repository; choose another`);
  if (revision.state === 'published') return undefined;
  return refuse('REVISION_REPUBLISHED', `${what} was published again with other bytes; acknowledge ${revision.digest} first`);
}

/** What came from outside is shown short, without control characters. */
function quote(text: string): string {
  return JSON.stringify(text.slice(0, charactersShown));
}

function keepKnown({ materials }: PipelineConfig, versions: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const known = materials.map(nameMaterial).filter((name) => Object.hasOwn(versions, name));
  return Object.fromEntries(known.map((name) => [name, (versions[name] ?? '').slice(0, charactersShown)]));
}

function refuse(code: RefusalCode, message: string): Refusal {
  return { code, message };
}
