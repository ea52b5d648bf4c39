import { isPluginError, toPluginError } from '@sluice/plugin-sdk';
import type { RepositoryConfig } from '../config/config.ts';
import type { Answer, Problem } from '../plugins/plugin-host.ts';
import type { ClaimedPoll } from '../store/due-polls.ts';
import { LeaseLost } from '../store/leases.ts';
import { loadLedgers } from '../store/ledger.ts';
import { findFirstLooks } from '../store/listeners.ts';
import { type DuePackage, loadPackageStates, savePackageProblem } from '../store/packages.ts';
import type { Tx } from '../store/store.ts';
import { StoreUnreachable } from '../store/unreachable.ts';
import { assertOurs, commitAnswers } from './commit-answers.ts';
import type { TellingAnswer } from './detect.ts';
import { ConfigurationChanged } from './interruption.ts';
import { prepareAnswer, type Stored } from './prepare-answer.ts';
import type { ReadyAnswer } from './record-answers.ts';
import { findConfirmMs } from './schedule.ts';
import type { PollSurroundings } from './surroundings.ts';
import type { AnswerTally } from './tally.ts';
import { toProblem } from './to-problem.ts';

/** Whose answers are taken. */
export interface DeskOptions {
  readonly claimed: ClaimedPoll;
  readonly repository: RepositoryConfig;
  readonly due: readonly DuePackage[];
  readonly signal: AbortSignal;
}

type PackageAnswer = Exclude<Answer, { readonly kind: 'repository' }>;

/**
 * Understands what to do with each answer of one poll: nothing where nothing changed, else compare, ask on,
 * commit.
 */
export class AnswerDesk {
  readonly #around: PollSurroundings;
  readonly #options: DeskOptions;
  readonly #due: ReadonlyMap<string, DuePackage>;
  #tally: AnswerTally = {
    succeeded: 0,
    problems: 0,
    revisions: 0,
    changes: 0,
    firstProblem: undefined,
    retryAfterMs: 0,
  };

  constructor(around: PollSurroundings, options: DeskOptions) {
    this.#around = around;
    this.#options = options;
    this.#due = new Map(options.due.map((one) => [one.name, one]));
  }

  get tally(): AnswerTally {
    return this.#tally;
  }

  /** Deals with answers that arrived together. One that cannot be recorded spoils none of the others. */
  async take(batch: readonly Answer[]): Promise<void> {
    const problems: { readonly due: DuePackage; readonly problem: Problem }[] = [];
    const telling: TellingAnswer[] = [];
    for (const answer of batch) {
      const due = answer.kind === 'repository' ? undefined : this.#due.get(answer.key);
      if (!due || answer.kind === 'repository') continue;
      const fault = findFault(answer, due);
      if (fault) problems.push({ due, problem: fault });
      else if (answer.kind === 'unchanged' && !due.attention)
        this.#add({ succeeded: this.#tally.succeeded + 1 });
      else if (answer.kind !== 'problem') telling.push(answer);
    }
    problems.push(...(await this.#commit(telling)));
    await this.#saveProblems(problems);
  }

  async #commit(answers: readonly TellingAnswer[]) {
    if (answers.length === 0) return [];
    const stored = await this.#around.store.transact((tx) => this.#load(tx, answers));
    const prepared = await Promise.all(answers.map((answer) => this.#prepare(answer, stored)));
    const ready = prepared.flatMap((one) => ('prepared' in one ? one : []));
    const failed = prepared.flatMap((one) => ('problem' in one ? one : []));
    return [...failed, ...(await this.#commitReady(ready))];
  }

  async #load(tx: Tx, answers: readonly TellingAnswer[]): Promise<ReadonlyMap<number, Stored>> {
    const ids = answers.flatMap(({ key }) => this.#due.get(key)?.id ?? []);
    const states = await loadPackageStates(tx, ids, this.#options.claimed.fingerprint);
    const ledgers = await loadLedgers(tx, ids);
    const looking = await findFirstLooks(tx, ids);
    return new Map(
      [...states].map(([id, state]) => [
        id,
        { state, ledger: ledgers.get(id) ?? [], firstLook: looking.has(id) },
      ]),
    );
  }

  async #prepare(
    answer: TellingAnswer,
    all: ReadonlyMap<number, Stored>,
  ): Promise<ReadyAnswer | { due: DuePackage; problem: Problem }> {
    const { repository, signal } = this.#options;
    const due = this.#due.get(answer.key);
    const stored = due && all.get(due.id);
    const config = repository.packages.get(answer.key);
    if (!due || !stored || !config) throw new ConfigurationChanged();
    const { host, now } = this.#around;
    const asking = {
      host,
      repository,
      package: config,
      signal,
      now: now(),
      confirmMs: findConfirmMs(repository.poll),
    };
    try {
      const prepared = await prepareAnswer(answer, stored, asking);
      const unchanged = answer.kind === 'unchanged';
      const [refused, cursor] = unchanged ? [[], due.cursor] : [answer.refused, answer.cursor];
      return { due, config, state: stored.state, prepared, refused, cursor };
    } catch (thrown) {
      signal.throwIfAborted();
      if (!isPluginError(thrown)) throw thrown;
      return { due, problem: toProblem(thrown) };
    }
  }

  /** All together, or each by itself where that fails. */
  async #commitReady(
    ready: readonly ReadyAnswer[],
  ): Promise<readonly { due: DuePackage; problem: Problem }[]> {
    if (ready.length === 0) return [];
    try {
      await this.#commitTogether(ready);
      return [];
    } catch (thrown) {
      if ([LeaseLost, ConfigurationChanged, StoreUnreachable].some((kind) => thrown instanceof kind))
        throw thrown;
      const [only, ...others] = ready;
      if (only && others.length === 0) return [{ due: only.due, problem: describeFailure(thrown) }];
    }
    const failed = [];
    for (const one of ready) failed.push(...(await this.#commitReady([one])));
    return failed;
  }

  async #commitTogether(ready: readonly ReadyAnswer[]): Promise<void> {
    const { store, config, secretFields, calendar, observer, now } = this.#around;
    const { claimed, repository } = this.#options;
    const { lease, fingerprint } = claimed;
    const options = {
      lease,
      config,
      secretFields,
      calendar,
      repository: repository.name,
      fingerprint,
      now: now(),
    };
    const runs = await store.transact((tx) => commitAnswers(tx, ready, options));
    this.#countCommitted(ready);
    for (const run of runs) observer.onRun(run);
    this.#tellCommitted(ready, options.now);
  }

  #countCommitted(ready: readonly ReadyAnswer[]): void {
    let { succeeded, problems, revisions, changes } = this.#tally;
    for (const { prepared, state } of ready) {
      const { fresh, changed, problem, pointer } = prepared.changes;
      if (problem) problems++;
      else succeeded++;
      revisions += fresh.length;
      changes += fresh.length + changed.length + (pointer === state.pointer ? 0 : 1);
      this.#noteProblem(problem);
    }
    this.#add({ succeeded, problems, revisions, changes });
  }

  #tellCommitted(ready: readonly ReadyAnswer[], now: number): void {
    const repository = this.#options.repository.name;
    for (const { due, state, prepared } of ready) {
      // What a first look finds was not published just now.
      if (state.baseline) continue;
      for (const { version, publishedAt } of prepared.changes.fresh) {
        const lagSeconds = publishedAt === undefined ? undefined : Math.max(0, (now - publishedAt) / 1000);
        this.#around.observer.onRevision({ repository, package: due.name, version, lagSeconds });
      }
    }
  }

  async #saveProblems(
    problems: readonly { readonly due: DuePackage; readonly problem: Problem }[],
  ): Promise<void> {
    for (const { problem } of problems) {
      this.#add({ problems: this.#tally.problems + 1 });
      this.#noteProblem(problem);
    }
    const news = problems.filter(
      ({ due, problem }) => due.problem?.code !== problem.code || due.problem.message !== problem.message,
    );
    if (news.length === 0) return;
    const { store, config, now } = this.#around;
    await store.transact(async (tx) => {
      await assertOurs(tx, { lease: this.#options.claimed.lease, config });
      for (const { due, problem } of news) await savePackageProblem(tx, due.id, problem, now());
    });
  }

  #noteProblem(problem: Problem | undefined): void {
    const { firstProblem, retryAfterMs } = this.#tally;
    this.#add({
      firstProblem: firstProblem ?? problem,
      retryAfterMs: Math.max(retryAfterMs, problem?.retryAfterMs ?? 0),
    });
  }

  #add(more: Partial<AnswerTally>): void {
    this.#tally = { ...this.#tally, ...more };
  }
}

/** What is wrong with an answer before anything is compared. */
function findFault(answer: PackageAnswer, due: DuePackage): Problem | undefined {
  if (answer.kind === 'problem') return answer.problem;
  if (answer.kind !== 'unchanged' || due.cursor !== undefined) return undefined;
  return {
    code: 'PLUGIN_FAILED',
    message: 'The plugin says unchanged though it was given no cursor to compare with',
  };
}

function describeFailure(thrown: unknown): Problem {
  const { message } = toPluginError(thrown);
  return { code: 'PLUGIN_FAILED', message: `The answer could not be recorded: ${message}` };
}
