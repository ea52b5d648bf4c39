import { Readable } from 'node:stream';
import { isPluginError } from '@sluice/plugin-sdk';
import type { RepositoryConfig } from '../config/config.ts';
import type { Answer, Problem } from '../plugins/plugin-host.ts';
import type { ClaimedPoll } from '../store/due-polls.ts';
import { loadDuePackages } from '../store/packages.ts';
import { AnswerDesk } from './answer-desk.ts';
import type { PollSurroundings } from './surroundings.ts';
import type { PollTally } from './tally.ts';
import { toProblem } from './to-problem.ts';

/** How many answers are taken ahead, and committed together at most. */
const answersAtOnce = 64;
/** How long a repository's own cursor is trusted, in milliseconds. */
const cursorMs = 86_400_000;

/**
 * Polls one repository that was claimed, and commits each answer as it comes. What goes wrong is told in the
 * tally.
 *
 * Throws the signal's reason, `LeaseLost` or `ConfigurationChanged` where the poll must not go on; what was
 * committed by then stays.
 */
export async function pollRepository(
  surroundings: PollSurroundings,
  claimed: ClaimedPoll,
  repository: RepositoryConfig,
  signal: AbortSignal,
): Promise<PollTally> {
  const { store, host, now } = surroundings;
  const startedAt = now();
  const { repositoryId, fingerprint } = claimed;
  const due = await store.transact((tx) =>
    loadDuePackages(tx, { repositoryId, fingerprint, now: startedAt }),
  );
  const asked = due.flatMap(({ name, cursor }) => {
    const config = repository.packages.get(name)?.config;
    return config ? { key: name, config, cursor } : [];
  });
  // However this ends, the plugin is not to go on answering.
  const over = new AbortController();
  const asking = AbortSignal.any([signal, over.signal]);
  const desk = new AnswerDesk(surroundings, { claimed, repository, due, signal: asking });
  const cursor = findCursor(claimed, startedAt);
  const facts: RepositoryFacts = { warning: undefined, cursor: undefined };
  const traffic = { requests: 0, bytes: 0 };
  const options = {
    signal: asking,
    cursor,
    onTraffic: (cost: typeof traffic) => void Object.assign(traffic, cost),
  };
  const problem = await catchProblem(signal, async () => {
    if (asked.length === 0) return;
    for await (const batch of gather(host.poll(repository, asked, options))) {
      for (const answer of batch) if (answer.kind === 'repository') noteFacts(facts, answer);
      await desk.take(batch);
    }
  }).finally(() => over.abort());
  const askedAfreshAt = cursor === undefined ? startedAt : undefined;
  return { ...desk.tally, ...traffic, ...facts, startedAt, packages: asked.length, problem, askedAfreshAt };
}

interface RepositoryFacts {
  warning: string | undefined;
  cursor: string | undefined;
}

function noteFacts(
  facts: RepositoryFacts,
  { warning, cursor }: Extract<Answer, { kind: 'repository' }>,
): void {
  if (warning !== undefined) facts.warning = warning;
  if (cursor !== undefined) facts.cursor = cursor;
}

function findCursor({ cursor, cursorAt = 0 }: ClaimedPoll, now: number): string | undefined {
  return now - cursorAt < cursorMs ? cursor : undefined;
}

/**
 * Whatever has arrived by the time that the last batch was dealt with, so that slow polls commit at once and
 * fast ones together.
 */
async function* gather(answers: AsyncIterable<Answer>): AsyncGenerator<readonly Answer[], void, undefined> {
  const ahead = Readable.from(answers, { objectMode: true, highWaterMark: answersAtOnce });
  for await (const first of ahead) {
    const batch: Answer[] = [first];
    while (batch.length < answersAtOnce) {
      const next: Answer | null = ahead.read();
      if (next === null) break;
      batch.push(next);
    }
    yield batch;
  }
}

async function catchProblem(signal: AbortSignal, poll: () => Promise<void>): Promise<Problem | undefined> {
  try {
    await poll();
    return undefined;
  } catch (thrown) {
    signal.throwIfAborted();
    if (!isPluginError(thrown)) throw thrown;
    return toProblem(thrown);
  }
}
