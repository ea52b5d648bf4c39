import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiStory, beginApiStory } from '../../support/api-story.ts';
import { readEvents, type ToldEvent } from '../../support/event-reader.ts';
import { pollNow } from '../../support/story.ts';

const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

let story: ApiStory;
beforeAll(async () => {
  story = await beginApiStory();
});
afterAll(() => story?.end());

const open = (query = '', headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${story.server.url}/api/v1/events${query}`, { headers });

describe('server-sent events', () => {
  it('tell what happened, in the order in which it happened', async () => {
    const isLast = ({ type, subject }: ToldEvent) => type === 'pipelinerun.finished' && subject === 'build/1';
    const told = await readEvents(await open('?after=0'), isLast);
    expect(told[0]).toMatchObject({ type: 'configuration.loaded', at: isoTime });
    const ofRun = told.filter(({ subject }) => subject.startsWith('build/1'));
    expect(ofRun.map(({ type, subject }) => `${type} ${subject}`)).toEqual([
      'pipelinerun.queued build/1',
      'stage.started build/1/make',
      'pipelinerun.started build/1',
      'taskrun.started build/1/make/print',
      'taskrun.finished build/1/make/print',
      'stage.finished build/1/make',
      'stage.started build/1/ship',
      'taskrun.started build/1/ship/fail',
      'taskrun.finished build/1/ship/fail',
      'stage.finished build/1/ship',
      'pipelinerun.finished build/1',
    ]);
    const ids = told.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
  });

  it('go on after the event that Last-Event-ID names', async () => {
    const first = await readEvents(await open('?after=0'), ({ type }) => type === 'artifact.published');
    const last = first.at(-1)?.id ?? 0;
    const all = await readEvents(await open('?after=0'), ({ id }) => id > last);
    const [next] = await readEvents(await open('', { 'last-event-id': String(last) }), () => true);
    expect(next).toEqual(all.at(-1));
  });

  it('begin with what happens from now on', async () => {
    const stream = await open();
    story.shop.publish('3.0.0');
    await pollNow(story.server, 'shop');
    const [first] = await readEvents(stream, () => true);
    expect(first).toMatchObject({
      type: 'artifact.published',
      subject: 'shop/it',
      data: { version: '3.0.0' },
    });
  });

  it('hold up nobody who only asks for the head', async () => {
    const answer = await fetch(`${story.server.url}/api/v1/events`, { method: 'HEAD' });
    expect(answer.status).toBe(404);
  });

  it('end when the server stops', async () => {
    const stream = await open('?after=0');
    await story.server.stop();
    expect((await readEvents(stream, () => false)).length).toBeGreaterThan(0);
    expect(story.server.process.exitCode).toBe(0);
  });
});
