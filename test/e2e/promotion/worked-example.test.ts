import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type AnsweredRun, beginWith, type PromotionStory, stageIs } from '../../support/promotion-story.ts';
import { digestOf } from '../../support/scripted-registry.ts';
import { describeContract } from '../../support/stores.ts';
import { until } from '../../support/until.ts';

const file = join(import.meta.dirname, '../../../docs/examples/promotion.yaml');

/** The example as it is printed, but for its addresses, its package and a window that is open now. */
async function adapt(store: string): Promise<(registry: string) => string> {
  const example = await readFile(file, 'utf8');
  const replace = (text: string, from: string, to: string) => {
    if (!text.includes(from)) throw new Error(`the example says nothing of ${from}`);
    return text.replaceAll(from, to);
  };
  const open = replace(example, '0 9 * * 1-4', '* * * * *');
  const named = replace(open, '"@acme/web"', 'watched');
  return (registry) =>
    `server: { port: 0 }\nstore: ${store}\n${replace(named, 'https://registry.example.com/', registry)}`;
}

describeContract('the promotion model of docs/promotion.md', (placeStore) => {
  let story: PromotionStory | undefined;
  afterEach(() => story?.end());

  it('takes a version from publication to production', async () => {
    const at = await placeStore();
    story = await beginWith(await adapt(at.url));
    await story.publish('1.0.0', '1.1.0');
    // The first look is a baseline: the newest starts.
    // A run and its stages are read one after the other, so both are waited for.
    const waiting = await story.untilRun(
      'release',
      1,
      (run) => run.status === 'waiting' && stageIs('sign-off', 'waiting')(run),
    );
    expect(waiting).toMatchObject({
      label: '1.1.0',
      status: 'waiting',
      stages: [{ status: 'passed' }, {}, { status: 'pending' }],
    });
    expect(waiting.materials).toMatchObject([
      { pipeline: 'acceptance', counter: 1 },
      { pipeline: 'performance', counter: 1 },
      { package: 'npmjs/web', version: '1.1.0', digest: digestOf('1.1.0') },
    ]);
    const approve = (as: 'ada' | 'quinn' | 'quentin') =>
      story?.post<AnsweredRun>(as, '/pipelines/release/runs/1/stages/sign-off/approve', {
        comment: `by ${as}`,
        stageCounter: 1,
      });
    expect((await approve('ada'))?.status).toBe(403);
    expect(await approve('quinn')).toMatchObject({ status: 200, body: { status: 'waiting' } });
    expect(await approve('quinn')).toMatchObject({ status: 409 });
    expect((await approve('quentin'))?.status).toBe(200);
    const released = await story.untilRun('release', 1, ({ status }) => status === 'passed');
    expect(released.stages[1]?.approvals).toMatchObject([
      { person: 'quinn', verdict: 'approved', comment: 'by quinn' },
      { person: 'quentin', verdict: 'approved', comment: 'by quentin' },
    ]);
    const done = await until(
      async () => ((await story?.place.lines('done')) ?? []).length === 7 && story?.place.lines('done'),
    );
    expect(done).toContain(`production 1.1.0 ${digestOf('1.1.0')}`);
    expect(done.toSorted()).toEqual(
      ['unit', 'chromium', 'firefox', 'load', 'staging', 'signed off']
        .map((what) => `${what} 1.1.0`)
        .concat(done.at(-1) ?? '')
        .toSorted(),
    );
    await at.remove();
  });
});
