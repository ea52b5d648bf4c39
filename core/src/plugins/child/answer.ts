import { parseSettings } from '@sluice/plugin-sdk';
import type { Question, QuestionKind, Questions } from '../protocol.ts';
import { answerDescribe } from './describe.ts';
import type { Desk } from './desk.ts';
import { lendCall } from './lend-call.ts';
import { answerMerge, toSign } from './merge.ts';
import { answerPoll } from './poll.ts';
import { describeProblems } from './setting-problems.ts';

type Answerer<K extends QuestionKind> = (
  head: Questions[K]['head'],
  items: readonly Questions[K]['item'][],
  desk: Desk,
) => Promise<void>;

const answerers: { readonly [K in QuestionKind]: Answerer<K> } = {
  validate: answerValidate,
  compare: answerCompare,
  merge: answerMerge,
  check: answerCheck,
  poll: answerPoll,
  describe: answerDescribe,
};

/**
 * Answers a question in parts. Throws what the plugin throws, and {@link PluginError} for what breaks the
 * contract.
 */
export function answerQuestion(question: Question, items: readonly unknown[], desk: Desk): Promise<void> {
  // The server is trusted to ask about items of the question's own kind; nothing else writes to this channel.
  const answer = answerers[question.kind] as (
    head: Question,
    items: readonly unknown[],
    desk: Desk,
  ) => Promise<void>;
  return answer(question, items, desk);
}

async function answerValidate(
  { repository }: Questions['validate']['head'],
  items: readonly Questions['validate']['item'][],
  { plugin, reply }: Desk,
): Promise<void> {
  const settings = parseSettings(plugin.repository, repository);
  for (const { name, settings: raw } of items) {
    await reply.breathe();
    const problems =
      plugin.validate?.({ repository: settings, package: parseSettings(plugin.package, raw) }) ?? [];
    await reply.part(JSON.stringify({ name, problems: describeProblems(problems) }));
  }
}

async function answerCompare(
  _head: Questions['compare']['head'],
  pairs: readonly Questions['compare']['item'][],
  { plugin, reply }: Desk,
): Promise<void> {
  for (const [a, b] of pairs) {
    await reply.breathe();
    await reply.part(String(toSign(plugin.compare(a, b))));
  }
}

async function answerCheck(
  { repository }: Questions['check']['head'],
  _items: readonly never[],
  desk: Desk,
): Promise<void> {
  using opened = await desk.repositories.open(repository);
  await opened.repository.check(lendCall(desk, opened));
}
