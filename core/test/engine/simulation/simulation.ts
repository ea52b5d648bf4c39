import type { Config } from '../../../src/config/config.ts';
import type { SomeReason } from '../../../src/domain/reasons/kind.ts';
import type { TriggerWish } from '../../../src/domain/trigger.ts';
import { answerOver } from '../../../src/engine/answer-book.ts';
import type { Calendar } from '../../../src/engine/calendar.ts';
import { type Decided, decide } from '../../../src/engine/decide.ts';
import { Draft } from '../../../src/engine/draft/draft.ts';
import type { Asked, EndedAttempt, Happening } from '../../../src/engine/happening.ts';
import { type AnswerBook, answerAll } from '../../../src/engine/question.ts';
import type { Effect } from '../../../src/store/effects/effect.ts';
import type { Situation } from '../../../src/store/situations/situation.ts';
import { secretFields } from '../configs.ts';
import { adopt } from './adopt.ts';
import { answerFrom } from './answer-memory.ts';
import { Dice } from './dice.ts';
import { situate } from './memory.ts';
import { Oracle } from './oracle/oracle.ts';
import { askRandomly } from './people.ts';
import { poll, pollAgain } from './registry.ts';
import { type AttemptRow, get, openTables, type Tables } from './tables.ts';
import { tellHappening } from './tell.ts';
import { beginning, period, type Step, type WorldPlan } from './world.ts';
import { writeEffects } from './write-memory.ts';

/** A way in which the engine could be wrong. */
export interface SeededFault {
  readonly situation?: (situation: Situation) => Situation;
  readonly effects?: (effects: readonly Effect[]) => readonly Effect[];
  readonly config?: (config: Config) => Config;
  readonly calendar?: Calendar;
  readonly answers?: (book: AnswerBook, tables: Tables) => AnswerBook;
}

/** Something is not as the rules have it. */
export class Wrong extends Error {
  override readonly name = 'Wrong';
}

/** Every ten minutes, whatever the expression. */
const calendar: Calendar = {
  findNext: (_, now) => (Math.floor(now / period) + 1) * period,
  findLast(_, { since, now }) {
    const last = Math.floor(now / period) * period;
    return last >= since ? last : undefined;
  },
};

/** Understands one world: the engine over tables in memory, what happens to it, and whether all is well. */
export class Simulation {
  readonly tables = openTables();
  /** What happened so far, a line each. */
  readonly story: string[] = [];
  readonly #plan: WorldPlan;
  readonly #fault: SeededFault;
  readonly #oracle = new Oracle();
  #config: Config;
  /** The one that was in force before, which another node may still have. */
  #former: Config;
  #now = beginning;
  #polls = 0;
  readonly #refusals: SomeReason[] = [];

  constructor(plan: WorldPlan, fault: SeededFault = {}) {
    const [first] = plan.configs;
    if (!first) throw new Error('a world has a configuration');
    this.#plan = plan;
    this.#fault = fault;
    this.#config = first;
    this.#former = first;
    for (const name of first.repositories.get('npmjs')?.packages.keys() ?? []) {
      this.tables.packages.push({ id: this.tables.nextId++, name: `npmjs/${name}`, pointer: null, moves: 0 });
    }
  }

  /** Plays all that is to happen. Throws {@link Wrong} where something is not as the rules have it. */
  async play(): Promise<void> {
    await this.#adopt(this.#config);
    for (const step of this.#plan.steps) await this.#take(step);
  }

  /** Every reason that was given so far. */
  listReasons(): readonly SomeReason[] {
    return [...this.#refusals, ...this.tables.decisions.map(({ reason }) => reason)];
  }

  async #take({ kind, seed }: Step): Promise<void> {
    const dice = new Dice(seed);
    this.#now += 1_000;
    switch (kind) {
      case 'poll':
        return this.#poll(dice);
      case 'work':
        return this.#work(dice);
      case 'time':
        return this.#passTime(dice);
      case 'restart':
        return this.#happen({ kind: 'time', pipelineIds: this.tables.pipelines.map(({ id }) => id) }, dice);
      case 'reload':
        return this.#adopt(dice.pick(this.#plan.configs) ?? this.#config, dice);
      case 'hold':
        this.tables.hold = { since: this.#now, reason: 'a backup was restored' };
        return;
      case 'select':
        for (const row of this.tables.listeners) row.since = null;
        return;
      case 'acknowledge':
        return this.#acknowledge(dice);
      default: {
        const { tables } = this;
        const asked = askRandomly(kind, { tables, config: this.#config, now: this.#now, dice });
        if (asked) await this.#happen(asked, dice);
      }
    }
  }

  async #adopt(config: Config, dice = new Dice(0)): Promise<void> {
    this.#former = this.#config;
    this.#config = config;
    const pipelineIds = adopt(this.tables, config);
    await this.#happen({ kind: 'configured', pipelineIds }, dice);
  }

  async #poll(dice: Dice): Promise<void> {
    const asked = dice.some(this.tables.packages, 70);
    const around = { tables: this.tables, config: this.#config, now: this.#now };
    const follows = (name: string) => this.#plan.followers.some((one) => name === `npmjs/${one}`);
    const news = asked.map((row) => poll(around, row, { dice, follows: follows(row.name) }));
    if (news.length === 0) return;
    await this.#happen({ kind: 'published', news, poll: `1 ${++this.#polls}` }, dice);
  }

  async #acknowledge(dice: Dice): Promise<void> {
    const row = dice.pick(this.tables.revisions.filter(({ state }) => state === 'republished'));
    if (!row) return;
    Object.assign(row, { state: 'published', unacknowledged: false });
    await this.#happen({ kind: 'observed', packageIds: [row.packageId] }, dice);
  }

  async #passTime(dice: Dice): Promise<void> {
    this.#now += (dice.pick([30, 90, 200, 700]) ?? 0) * 1_000;
    // Nobody looks at once on a machine that has much else to do.
    if (dice.chance(15)) return;
    const due = this.tables.pipelines.filter(({ lookAt }) => lookAt !== null && lookAt <= this.#now);
    if (due.length > 0) await this.#happen({ kind: 'time', pipelineIds: due.map(({ id }) => id) }, dice);
  }

  /** Takes up some of what is due, and ends some of what was taken up. */
  async #work(dice: Dice): Promise<void> {
    for (const row of this.tables.attempts.filter(({ state }) => state === 'due')) {
      if (!dice.chance(85)) continue;
      Object.assign(row, { state: 'started', owned: true, fence: row.fence + 1 });
      Object.assign(get(this.tables.jobs, row.jobId), { status: 'running', hasBegun: true });
    }
    const begun = this.tables.attempts.filter(({ state }) => state === 'started');
    const attempts = dice.some(begun, 70).map((row) => this.#end(row, dice));
    if (attempts.length > 0) await this.#happen({ kind: 'ended', attempts }, dice);
  }

  #end({ id, jobId, number, key, fence }: AttemptRow, dice: Dice): EndedAttempt {
    const { name, stageId } = get(this.tables.jobs, jobId);
    const stage = get(this.tables.stages, stageId);
    const run = get(this.tables.runs, stage.runId);
    const job = run.definition.stages[stage.position]?.jobs.find((one) => one.name === name);
    if (!job) throw new Error(`there is no job ${name}`);
    const { pipelineId, counter, label, definition, pins } = run;
    const pipeline = get(this.tables.pipelines, pipelineId).name;
    const facts = { id: run.id, pipelineId, pipeline, counter, label, definition, pins, environment: {} };
    const status = dice.weigh({ passed: 10, failed: 2, doubt: 1 });
    return {
      lease: { table: 'attempt', id, fence },
      facts: { attempt: { id, number, key, memory: null }, jobId, startedAt: null, job, stage, run: facts },
      outcome: { status, exitCode: status === 'passed' ? 0 : 1, message: null },
    };
  }

  async #happen(happening: Happening, dice: Dice): Promise<void> {
    const isStale = happening.kind !== 'configured' && happening.kind !== 'published' && dice.chance(3);
    const config = isStale ? this.#former : this.#config;
    this.story.push(
      tellHappening(happening, this.tables, this.#now) + (config === this.#config ? '' : ' (stale)'),
    );
    const decided = await this.#decide(happening, config);
    if (dice.chance(5)) this.#compare(decided.effects, (await this.#decide(happening, config)).effects);
    this.#commit(happening, decided, config);
    if (dice.chance(8)) await this.#repeat(happening, config);
  }

  async #decide(happening: Happening, config: Config) {
    const read = situate(this.tables, happening, config, this.#now);
    const inForce = {
      config: this.#fault.config?.(config) ?? config,
      secretFields,
      now: this.#now,
      calendar: this.#fault.calendar ?? calendar,
    };
    const draft = new Draft(this.#fault.situation?.(read) ?? read, inForce);
    const book = answerFrom(this.tables);
    const answers = this.#fault.answers?.(book, this.tables) ?? book;
    const { effects, refusal } = await answerAll(decide(draft, happening), answerOver(draft, answers));
    return { effects: this.#fault.effects?.(effects) ?? effects, refusal };
  }

  #commit(happening: Happening, { effects, refusal }: Omit<Decided, 'run'>, config: Config): void {
    const { tables } = this;
    writeEffects(tables, effects, this.#now);
    if (refusal) this.#refusals.push(refusal);
    const isInForce = config === this.#config;
    const moment = { tables, config: this.#config, isInForce, now: this.#now, happening, refusal };
    this.#insist(this.#oracle.look(moment));
  }

  /** A node that was killed before its commit decides again, and the same. */
  #compare(one: readonly Effect[], other: readonly Effect[]): void {
    if (JSON.stringify(one) !== JSON.stringify(other)) this.#insist(['it is decided otherwise once more']);
  }

  /** A node that was killed after its commit tries again, or somebody does: nothing happens twice. */
  async #repeat(happening: Happening, config: Config): Promise<void> {
    if (happening.kind === 'asked') return this.#askAgain(happening, config);
    const { effects } = await this.#decide(this.#again(happening), config);
    const kinds = effects.filter((one) => !isLook(one)).map(({ kind }) => kind);
    if (kinds.length > 0) this.#insist([`it happened twice: ${kinds.join(', ')}`]);
    if (happening.kind !== 'published') return;
    const { effects: told } = await this.#decide(happening, config);
    const isKnown = ({ pipelineId, revisionId, digest, move }: TriggerWish) =>
      this.tables.triggers.some(
        (row) =>
          row.pipelineId === pipelineId &&
          'move' in row.of &&
          row.of.revisionId === revisionId &&
          row.of.digest === digest &&
          row.of.move === move,
      );
    const isTwice = told.some((one) => one.kind === 'trigger wished' && isKnown(one.wish));
    if (isTwice) this.#insist(['what was told twice is wished for twice']);
  }

  async #askAgain(asked: Asked, config: Config): Promise<void> {
    if (!(['approve', 'reject', 'cancel', 'unpause'] as const).some((one) => one === asked.wish.what)) return;
    const { refusal } = await this.#decide(asked, config);
    if (!refusal) this.#insist([`${asked.wish.what} was fulfilled twice`]);
  }

  #again(happening: Happening): Happening {
    if (happening.kind !== 'published') return happening;
    const around = { tables: this.tables, config: this.#config, now: this.#now };
    const news = happening.news.map(({ packageId }) =>
      pollAgain(around, get(this.tables.packages, packageId)),
    );
    return { ...happening, news };
  }

  #insist(faults: readonly string[]): void {
    if (faults.length > 0) throw new Wrong(faults.join('\n'));
  }
}

/** Somebody is to look again, or to be told what waits: it does no harm to do so twice. */
function isLook(effect: Effect): boolean {
  switch (effect.kind) {
    case 'pipeline changed':
      return Object.keys(effect.patch).every((key) => key === 'lookAt');
    case 'stage waits':
    case 'trigger waits':
      return true;
    case 'decided':
      return effect.decision.outcome === 'waits';
    default:
      return false;
  }
}
