import { anonymous } from '../../engine/actor.ts';
import { happen } from '../../engine/happen.ts';
import type { NewEvent } from '../../store/events.ts';
import type { Tx } from '../../store/store.ts';
import { endStage, type RunningStage } from './end-stage.ts';
import {
  type History,
  nameRun,
  type PackageHistory,
  type RecordedRevision,
  type RecordedRun,
} from './history.ts';
import { createOutcomes, type EndOf } from './outcomes.ts';
import { type Publication, type Published, publish } from './publish.ts';
import { readPackagesOf } from './read-packages-of.ts';
import type { Scene } from './scene.ts';

/** Something that happens in a replay, at its time. */
type Happening =
  | ({ readonly kind: 'publication' } & Publication)
  | { readonly kind: 'by hand'; readonly at: number; readonly run: RecordedRun };

interface Ending extends RunningStage {
  readonly at: number;
  readonly status: 'passed' | 'failed' | 'cancelled';
}

/**
 * Lets everything that was recorded happen again, in its order and in its own time, under the configuration
 * of a scene: what was published starts what it starts by the engine's own rules, stages end as they did, and
 * what people and timers started is started.
 */
export async function replay(history: History, scene: Scene, signal: AbortSignal): Promise<void> {
  const player = new Player(scene, history);
  await player.play(collectBefore(history), true);
  for (const happening of collectHappenings(history, scene)) {
    signal.throwIfAborted();
    await player.endUntil(happening.at);
    await player.play([happening], false);
  }
  await player.endUntil(Number.POSITIVE_INFINITY);
}

/** Understands what runs in a replay, and when it ends. */
class Player {
  readonly #scene: Scene;
  readonly #endOf: EndOf;
  readonly #published: Published = new Map();
  /** By pipeline and counter. */
  readonly #recorded: ReadonlyMap<string, RecordedRun>;
  /** The counters of runs in the replay, by {@link nameRun}. */
  readonly #counters = new Map<string, number>();
  #running: Ending[] = [];

  constructor(scene: Scene, history: History) {
    this.#scene = scene;
    this.#endOf = createOutcomes(history);
    this.#recorded = new Map(history.runs.map((run) => [`${run.pipeline}/${run.counter}`, run]));
  }

  /** Lets things happen; from before the time that is looked at, all stages pass at once. */
  async play(happenings: readonly Happening[], isBefore: boolean): Promise<void> {
    for (const happening of happenings) {
      const events = await this.#scene.store.transact((tx) =>
        happening.kind === 'publication'
          ? publish(tx, happening, this.#scene, this.#published)
          : this.#startByHand(tx, happening.run),
      );
      await this.#note(events, happening.at, isBefore);
      if (isBefore) await this.endUntil(happening.at, true);
    }
  }

  /** Ends the stages that end until then, and those that begin after them. */
  async endUntil(until: number, isBefore = false): Promise<void> {
    for (;;) {
      const next = this.#running.filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0];
      if (!next) return;
      this.#running = this.#running.filter((one) => one !== next);
      const events = await this.#scene.store.transact((tx) => endStage(tx, next, next, this.#scene));
      await this.#note(events, next.at, isBefore);
    }
  }

  async #note(events: readonly NewEvent[], at: number, isBefore: boolean): Promise<void> {
    for (const { type, data } of events) {
      if (type !== 'stage.started') continue;
      const stage = {
        pipeline: String(data['pipeline']),
        counter: Number(data['counter']),
        name: String(data['stage']),
      };
      const packages = await this.#scene.store.read((tx) => readPackagesOf(tx, stage));
      const run = nameRun(stage.pipeline, packages);
      this.#counters.set(run, stage.counter);
      const { status, tookMs } = isBefore
        ? { status: 'passed' as const, tookMs: 0 }
        : this.#endOf(run, stage);
      this.#running.push({ ...stage, status, at: at + tookMs });
    }
  }

  async #startByHand(tx: Tx, run: RecordedRun): Promise<readonly NewEvent[]> {
    const definition = this.#scene.config.pipelines.get(run.pipeline);
    const materials = this.#chooseAgain(run);
    if (!definition || Object.keys(materials).length === 0) return [];
    const wish = {
      what: 'trigger',
      pipeline: run.pipeline,
      materials,
      override: true,
      environment: {},
    } as const;
    const inForce = this.#scene.inForceAt(run.createdAt);
    return (await happen(tx, { kind: 'asked', wish, actor: anonymous, comment: undefined }, inForce)).events;
  }

  /**
   * The versions that a run pinned; of one that pinned only runs, those of the replay with the same versions
   * behind them.
   */
  #chooseAgain({ pinned }: RecordedRun): Readonly<Record<string, string | number>> {
    const versions = Object.entries(pinned).filter(([, choice]) => typeof choice === 'string');
    if (versions.length > 0) return Object.fromEntries(versions);
    const counters = Object.entries(pinned).flatMap(([pipeline, counter]) => {
      const upstream = this.#recorded.get(`${pipeline}/${counter}`);
      const again = upstream && this.#counters.get(nameRun(pipeline, upstream.packages));
      return again === undefined ? [] : [[pipeline, again] as const];
    });
    return Object.fromEntries(counters);
  }
}

function collectBefore({ packages, since }: History): readonly Happening[] {
  return groupByPoll(
    packages,
    ({ detectedAt }) => detectedAt <= since,
    () => since,
  ).map((one) => ({ ...one, isBefore: true }));
}

function collectHappenings({ packages, runs, since }: History, { config }: Scene): readonly Happening[] {
  const later = groupByPoll(
    packages,
    ({ detectedAt }) => detectedAt > since,
    ({ detectedAt }) => detectedAt,
  );
  const byHand = runs
    .filter(
      ({ startedBy, pipeline }) =>
        (startedBy === 'person' || startedBy === 'timer') && config.pipelines.has(pipeline),
    )
    .map((run): Happening => ({ kind: 'by hand', at: run.createdAt, run }));
  return [...later, ...byHand].toSorted((a, b) => a.at - b.at);
}

/** What one poll committed has one time of detection. */
function groupByPoll(
  packages: readonly PackageHistory[],
  isWanted: (revision: RecordedRevision) => boolean,
  timeOf: (revision: RecordedRevision) => number,
): readonly (Happening & { readonly kind: 'publication' })[] {
  const polls = new Map<
    string,
    { at: number; repository: string; packages: Map<string, RecordedRevision[]> }
  >();
  for (const { repository, package: name, pointer, revisions } of packages) {
    if (pointer !== null) continue;
    for (const revision of revisions.filter(isWanted)) {
      const at = timeOf(revision);
      const poll = polls.get(`${repository} ${at}`) ?? { at, repository, packages: new Map() };
      polls.set(`${repository} ${at}`, poll);
      poll.packages.set(name, [...(poll.packages.get(name) ?? []), revision]);
    }
  }
  return [...polls.values()].map((poll) => ({ ...poll, kind: 'publication', isBefore: false }));
}
