import { describe, expect, it } from 'vitest';
import type { SlackSinkConfig } from '../../../src/config/events.ts';
import { createSlackSink } from '../../../src/events/sinks/slack-sink.ts';
import { slackSink } from '../configs.ts';
import { answerWith, startReceiver } from '../receiver.ts';
import { sampleOf } from '../samples.ts';
import { surroundingsWith } from './surroundings.ts';

const never = new AbortController().signal;

function makeSink(url: string, changes: Partial<SlackSinkConfig> = {}) {
  return createSlackSink(
    slackSink('slack-1', `\${env:SLACK}`, changes),
    surroundingsWith({ SLACK: url, TEAM: '<!here>' }),
  );
}

describe('a sink of kind slack', () => {
  it('gets the usual text', async () => {
    const receiver = await startReceiver(answerWith(200, 'ok'));
    expect(await makeSink(receiver.url).give(sampleOf('artifact.published'), never)).toEqual({
      status: 'taken',
    });
    const [request] = receiver.received;
    expect(request?.headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(request?.body ?? '')).toEqual({ text: 'npmjs/fastify 5.2.1 was published' });
  });

  it('gets a text of its own, in which only the template can mention and link', async () => {
    const receiver = await startReceiver(answerWith(200, 'ok'));
    const template = `\${env:TEAM} *{{data.package}}* <{{link}}|{{ data.version }}> {{type}} {{data.missing}}{{data.comment}}`;
    const comment = '<!channel> & <https://evil.example.com|click>\nmore\u202e';
    await makeSink(receiver.url, { template }).give(sampleOf('artifact.published', { comment }), never);
    expect(JSON.parse(receiver.received[0]?.body ?? '').text).toBe(
      '<!here> *npmjs/fastify* <https://sluice.example.com/api/v1/repositories/npmjs/packages/fastify/revisions|5.2.1> artifact.published ' +
        '&lt;!channel&gt; &amp; &lt;https://evil.example.com|click&gt; more ',
    );
  });

  it('shows nothing of its address in what went wrong', async () => {
    const receiver = await startReceiver((response) =>
      response.writeHead(404).end('no_service at /services/T0/B0/X0s3cret'),
    );
    const url = new URL('/services/T0/B0/X0s3cret', receiver.url).href;
    const answer = await makeSink(url).give(sampleOf('artifact.published'), never);
    expect(answer).toMatchObject({ status: 'later', reason: expect.stringContaining('no_service') });
    expect(JSON.stringify(answer)).not.toContain('X0s3cret');
    const literal = createSlackSink(slackSink('slack-1', 'nonsense/X0s3cret'), surroundingsWith({}));
    await expect(literal.give(sampleOf('artifact.published'), never)).rejects.toThrow(
      'its url, [secret], is no http',
    );
  });
});
