import { PluginError, type PollAnswer, parseSettings } from '@sluice/plugin-sdk';
import type { Questions } from '../protocol.ts';
import { AnswerWriter } from './answer-writer.ts';
import type { Desk } from './desk.ts';
import { lendCall } from './lend-call.ts';

/** Answers beyond those asked for, after which a plugin is taken to have lost its way. */
const mostMisfits = 10_000;

/** Asks the plugin about packages; every answer is checked here, where a big one costs the server nothing. */
export async function answerPoll(
  { repository, cursor }: Questions['poll']['head'],
  items: readonly Questions['poll']['item'][],
  desk: Desk,
): Promise<void> {
  using opened = await desk.repositories.open(repository);
  const due = items.map(({ key, config, cursor }) => ({
    key,
    config: parseSettings(desk.plugin.package, config),
    cursor,
  }));
  const writer = new AnswerWriter(desk.reply, opened.hasFiles);
  const waiting = new Set(items.map(({ key }) => key));
  let misfits = 0;
  for await (const answer of opened.repository.poll(due, { ...lendCall(desk, opened), cursor })) {
    await desk.reply.breathe();
    desk.reply.signal.throwIfAborted();
    const key = readKey(answer);
    if (key === undefined && isFact(answer)) await writer.writeFact(answer.repository);
    else if (key !== undefined && waiting.delete(key)) await writer.writeAnswer(key, answer);
    else if (++misfits > mostMisfits)
      throw new PluginError('PLUGIN_FAILED', `${mostMisfits} answers to nothing that was asked`);
    else
      desk.talk.log(
        'warn',
        `dropped an answer to nothing that was asked: ${key ?? 'it has no key'}`,
        desk.reply.id,
      );
  }
}

function readKey(answer: unknown): string | undefined {
  const isKeyed =
    typeof answer === 'object' && answer !== null && 'key' in answer && typeof answer.key === 'string';
  return isKeyed ? String(answer.key) : undefined;
}

function isFact(answer: unknown): answer is Extract<PollAnswer, { repository: unknown }> {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'repository' in answer &&
    typeof answer.repository === 'object'
  );
}
