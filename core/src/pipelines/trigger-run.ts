import type { PipelineConfig } from '../config/config.ts';
import { appendDecisions } from '../store/decisions.ts';
import { readHold } from '../store/hold.ts';
import { findPipeline, lockPipelines } from '../store/pipelines.ts';
import { readPreviousPins } from '../store/runs.ts';
import type { Tx } from '../store/store.ts';
import { type Actor, anonymous } from './actor.ts';
import { beginMove, ChangeList, type Changes, type Move } from './changes.ts';
import { type Choices, chooseByHand } from './choose-by-hand.ts';
import { createRun } from './create-runs.ts';
import { describeHold } from './describe-hold.ts';
import { describeWait } from './fan-in/describe-wait.ts';
import { createCandidateList } from './fan-in/list-candidates.ts';
import { findMaterialIds, type ResolvedMaterial, resolveMaterials } from './fan-in/resolve-materials.ts';
import { type FoundSet, searchSet } from './fan-in/search.ts';
import { shareReads } from './fan-in/shared-reads.ts';
import { pinMaterials } from './pin-materials.ts';
import { recordRefusal } from './record-refusal.ts';
import { quote, type Refusal, refuse } from './refusal.ts';
import { type StartOptions, startRuns } from './start-runs.ts';

const namesShown = 5;
const mostSteps = 10_000;

/** What somebody asks for. */
export interface RunRequest extends Choices {
  readonly pipeline: string;
  /** Literal values, for names that the pipeline declares. */
  readonly environment: Readonly<Record<string, string>>;
  /** Who asks. */
  readonly actor: Actor;
  /** Why, in their words. */
  readonly comment: string | undefined;
}

/** The run that a request started, or why it did not; `changes` are to be told in either case. */
export type Triggered =
  | { readonly counter: number; readonly refusal?: undefined; readonly changes: Changes }
  | { readonly counter?: undefined; readonly refusal: Refusal; readonly changes: Changes };

/**
 * Starts a run because somebody asks for it, with chosen versions and upstream runs: they are pins, and touch no trigger; the other
 * materials contribute the newest that agrees with them. A run that finds the first stage occupied waits for its turn there. What is
 * refused is recorded as a decision, too.
 */
export async function triggerRun(tx: Tx, request: RunRequest, options: StartOptions): Promise<Triggered> {
  const changes = new ChangeList();
  const definition = options.config.pipelines.get(request.pipeline);
  const id = definition && (await findPipeline(tx, definition.name));
  const [pipeline] = await lockPipelines(tx, id === undefined ? [] : [id]);
  if (!definition || !pipeline) {
    const message = `there is no pipeline ${quote(request.pipeline)}; see GET /api/v1/pipelines for those that there are`;
    return { refusal: refuse('PIPELINE_UNKNOWN', message), changes };
  }
  const move = beginMove(pipeline, { ...options, hold: await readHold(tx) }, changes);
  const plan = await planRun(tx, move, { ...request, definition }, options);
  if ('code' in plan) {
    await recordRefusal(tx, { ...request, reason: plan.message }, options);
    return { refusal: plan, changes };
  }
  const run = await create(tx, move, { ...request, definition, plan }, options);
  await appendDecisions(tx, changes.decisions);
  const started = await startRuns(tx, [pipeline.id], options);
  const all = { runs: [...changes.runs, ...started.runs], events: [...changes.events, ...started.events] };
  return { counter: run.counter, changes: all };
}

interface Plan {
  readonly materials: readonly ResolvedMaterial[];
  readonly found: FoundSet;
}

type Planned = RunRequest & { readonly definition: PipelineConfig };

async function planRun(tx: Tx, { pipeline, hold }: Move, request: Planned, { config }: StartOptions): Promise<Plan | Refusal> {
  const { definition, environment } = request;
  if (hold) return refuse('STARTS_HELD', describeHold(hold));
  if (pipeline.pausedAt !== null) return refuse('PIPELINE_PAUSED', `${definition.name} is paused; unpause it first`);
  const undeclared = Object.keys(environment).filter((name) => !Object.hasOwn(definition.environment, name));
  if (undeclared.length > 0) {
    const names = undeclared.slice(0, namesShown).map(quote).join(', ');
    return refuse('VARIABLE_UNKNOWN', `declare ${names} under environment: of ${definition.name} to set it here`);
  }
  const { materials, unknown } = resolveMaterials(definition, config, await findMaterialIds(tx, [definition]));
  if (unknown.length > 0) return refuse('SET_MISSING', `there is no version yet that could start a run: ${unknown.join(', ')}`);
  const anchors = await chooseByHand(tx, materials, request);
  if ('code' in anchors) return anchors;
  const reads = shareReads(tx);
  const wanted = { materials, anchors, list: createCandidateList(reads, { byHand: true, override: request.override }) };
  const found = await searchSet({ ...wanted, admits: () => true, accepts: () => true, steps: mostSteps });
  if (found.kind === 'found') return { materials, found };
  const why =
    found.kind === 'none' ? await describeWait(reads, wanted, config) : `nothing that agrees was found in ${mostSteps} steps`;
  return refuse('SET_MISSING', `${definition.name} cannot run with this: ${why}`);
}

async function create(
  tx: Tx,
  move: Move,
  { definition, plan, ...request }: Planned & { readonly plan: Plan },
  options: StartOptions,
) {
  const { materials, found } = plan;
  const { actor, environment, override } = request;
  const previous = await readPreviousPins(tx, [move.pipeline.id]);
  const cause = describeCause(request);
  const about = { at: move.now, pipelineId: move.pipeline.id, packageId: null, version: null } as const;
  return createRun(tx, {
    move,
    ...{ definition, environment, provenance: found.provenance, overridden: override },
    pins: pinMaterials(previous.get(move.pipeline.id), materials, found.candidates, options),
    cause,
    explain: (run) => [{ ...about, outcome: 'started', reason: cause, materials: run.materials, runId: run.id }],
    startedBy: 'person',
    person: actor.person,
  });
}

function describeCause({ actor, comment, override }: RunRequest): string {
  const who = actor === anonymous ? 'triggered by hand' : `triggered by ${actor.name}`;
  const despite = override ? ', despite what is wrong with its revisions' : '';
  return comment === undefined ? `${who}${despite}` : `${who}${despite}: ${comment}`;
}
