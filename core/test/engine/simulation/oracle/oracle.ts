import type { Tables } from '../tables.ts';
import { checkAsked } from './asked.ts';
import { checkBegun } from './begun.ts';
import { checkIdle } from './idle.ts';
import type { Difference, Memory, Moment } from './moment.ts';
import { definitionOf } from './moment.ts';
import { checkNews } from './news.ts';
import { checkPlaces } from './places.ts';
import { checkStanding } from './standing.ts';
import { checkStarted } from './started.ts';

/**
 * Understands the rules of the design, section 4, and nothing of how the engine keeps them: it is shown what
 * is there after each happening, and says what is not as the rules have it.
 */
export class Oracle {
  readonly #memory: Memory = { asked: new Set(), notBefore: new Map(), sets: new Map(), entered: new Map() };
  readonly #stages = new Map<number, string>();
  readonly #triggers = new Map<number, string>();
  readonly #locks = new Map<number, number | null>();
  #runs = 0;
  #decisions = 0;
  #words = 0;

  look(moment: Moment): readonly string[] {
    const difference = this.#compare(moment.tables);
    this.#rememberReached(moment);
    const faults = [
      ...checkNews(moment, difference),
      ...checkStarted(moment, difference, this.#memory),
      ...checkBegun(moment, difference, this.#memory),
      ...checkAsked(moment, difference),
      ...checkStanding(moment),
      ...checkIdle(moment),
      ...checkPlaces(moment, difference, this.#memory),
    ];
    for (const { id, status } of difference.stages) if (status === 'waiting') this.#memory.asked.add(id);
    return faults;
  }

  #compare(tables: Tables): Difference {
    const difference = {
      runs: tables.runs.slice(this.#runs),
      triggers: tables.triggers.filter(({ id }) => !this.#triggers.has(id)),
      decisions: tables.decisions.slice(this.#decisions),
      words: tables.words.slice(this.#words),
      stages: tables.stages.filter(({ id, status }) => this.#stages.get(id) !== status),
      settled: tables.triggers.filter(({ id, state }) => this.#triggers.get(id) !== state),
      lockedBefore: new Map(this.#locks),
    };
    this.#runs = tables.runs.length;
    this.#decisions = tables.decisions.length;
    this.#words = tables.words.length;
    for (const { id, status } of tables.stages) this.#stages.set(id, status);
    for (const { id, state } of tables.triggers) this.#triggers.set(id, state);
    for (const { id, lockedBy } of tables.pipelines) this.#locks.set(id, lockedBy);
    return difference;
  }

  /** A stage rests from when its turn first comes, for as long as the configuration says by then. */
  #rememberReached(moment: Moment): void {
    for (const { id, readyAt, position, pipelineId, name } of moment.tables.stages) {
      if (readyAt === null || this.#memory.notBefore.has(id)) continue;
      const stage = definitionOf(moment, pipelineId)?.stages.find((one) => one.name === name);
      // Another node goes by what it has, and lets nobody in.
      const rest = position > 0 && moment.isInForce ? (stage?.approval.afterMs ?? 0) : 0;
      this.#memory.notBefore.set(id, moment.now + rest);
    }
  }
}
