import { expect, it } from 'vitest';
import { createSink } from '../../../src/events/sinks/create-sink.ts';
import { answer, startReceiver } from '../../targets/webhook/receiver.ts';
import { httpSink, slackSink } from '../configs.ts';
import { sampleOf } from '../samples.ts';
import { surroundingsWith } from './surroundings.ts';

const never = new AbortController().signal;

it.each([
  ['HTTP', (url: string) => httpSink('sink', url)],
  ['Slack', (url: string) => slackSink('sink', url)],
])('a sink by %s tells nobody at a private address where none is allowed', async (_title, describeSink) => {
  const { url, received } = await startReceiver(answer(200));
  const open = surroundingsWith({});
  const closed = { ...open, config: { ...open.config, targets: { allowPrivate: false } } };
  const event = sampleOf('artifact.published');
  expect(await createSink(describeSink(url), open).give(event, never)).toEqual({ status: 'taken' });
  const refused = await createSink(describeSink(url), closed).give(event, never);
  expect(refused).toMatchObject({ status: 'later', reason: expect.stringContaining('private address') });
  expect(received).toHaveLength(1);
});
