import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { type AnsweredRun, beginPromotion, type PromotionStory } from '../support/promotion-story.ts';
import { createRandom } from '../support/random.ts';
import type { StorePlace } from '../support/stores.ts';
import { until } from '../support/until.ts';

const rounds = 50;
const longestLifeMs = 1_000;
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

const note = `{ note: { run: 'echo "$GO_PIPELINE_NAME/$GO_PIPELINE_COUNTER/$GO_STAGE_NAME/$GO_STAGE_COUNTER" >> "$HOME/done"' } }`;
const pipelines = `
  build:
    maxNewRuns: 1000
    materials: [{ package: npmjs/web, trigger: every, as: WEB }]
    stages: [{ name: make, jobs: ${note} }]
  ship:
    materials: [{ pipeline: build, trigger: every }, { package: npmjs/web, trigger: manual, as: WEB }]
    stages:
      - { name: stage, jobs: ${note} }
      - { name: ship, approval: { type: manual, by: ["role:qa"], required: 2 }, jobs: ${note} }
`;
const approvers = ['quinn', 'quentin'] as const;

/**
 * Kills a server fifty times while versions run through two pipelines and people approve, and looks at what
 * came of it.
 */
export function testPromotionKills(place: () => Promise<StorePlace>): void {
  let story: PromotionStory | undefined;
  afterAll(() => story?.end());

  it(`${rounds} times (SEED=${seed}): no approval is lost, and no stage is doubled`, async () => {
    const random = createRandom(seed);
    const store = await place();
    story = await beginPromotion(store.url, pipelines);
    const approved = new Set<string>();
    // The first look is a baseline, of which only the newest starts.
    await story.publish('1.0.0');
    let published = 1;
    for (let round = 0; round < rounds; round++) {
      for (let more = Math.floor(random() * 3); more > 0; more--)
        story.registry.publish(`1.${published++}.0`);
      await Promise.all([
        live(story, approved),
        wait(random() * longestLifeMs).then(() => story?.server().stop('SIGKILL')),
      ]);
      await story.restart();
    }
    story.registry.publish(`1.${published++}.0`);
    await finish(story, approved, published);
    await expectOnce(story, approved, published);
    await story.end();
    story = undefined;
    await store.remove();
  });
}

/** Polls, and approves whatever waits, until the server is gone. Whatever was answered is known to be so. */
async function live(story: PromotionStory, approved: Set<string>): Promise<void> {
  try {
    await story.post('ada', '/repositories/npmjs/poll');
    for (;;) await approveAll(story, approved);
  } catch {
    // It was killed.
  }
}

async function approveAll(story: PromotionStory, approved: Set<string>): Promise<void> {
  for (const { counter, stages } of await listRuns(story, 'ship')) {
    if (stages[1]?.status !== 'waiting') continue;
    for (const person of approvers) {
      const { status } = await story.post(person, `/pipelines/ship/runs/${counter}/stages/ship/approve`);
      if (status === 200) approved.add(`${counter} ${person}`);
    }
  }
}

async function listRuns(story: PromotionStory, pipeline: string): Promise<readonly AnsweredRun[]> {
  const { body } = await story.ask<{ items: readonly AnsweredRun[] }>(
    'ada',
    `/pipelines/${pipeline}/runs?limit=500`,
  );
  return body.items;
}

async function finish(story: PromotionStory, approved: Set<string>, published: number): Promise<void> {
  await story.publish();
  await until(
    async () => {
      await approveAll(story, approved);
      const runs = await listRuns(story, 'ship');
      return runs.length === published && runs.every(({ status }) => status === 'passed');
    },
    {
      limitMs: 300_000,
      describe: () => `${published} versions shipped; the server said:\n${story.server().output()}`,
    },
  );
}

async function expectOnce(
  story: PromotionStory,
  approved: ReadonlySet<string>,
  published: number,
): Promise<void> {
  const counters = Array.from({ length: published }, (_, index) => index + 1);
  const stages = { build: ['make'], ship: ['stage', 'ship'] } as const;
  const expected = Object.entries(stages).flatMap(([pipeline, names]) =>
    counters.flatMap((counter) => names.map((name) => `${pipeline}/${counter}/${name}/1`)),
  );
  expect((await story.place.lines('done')).toSorted()).toEqual(expected.toSorted());
  const runs = await listRuns(story, 'ship');
  expect(runs.map(({ counter }) => counter)).toEqual(counters.toReversed());
  expect(new Set(runs.map(({ materials }) => JSON.stringify(materials[1]?.['version']))).size).toBe(
    published,
  );
  for (const run of runs) {
    expect(run.stages.map(({ name, counter }) => `${name} ${counter}`)).toEqual(['stage 1', 'ship 1']);
    const given = run.stages[1]?.approvals.map(({ person }) => `${run.counter} ${String(person)}`) ?? [];
    expect(given.toSorted()).toEqual(approvers.map((person) => `${run.counter} ${person}`).toSorted());
  }
  const known = new Set(runs.flatMap(({ counter }) => approvers.map((person) => `${counter} ${person}`)));
  expect([...approved].filter((approval) => !known.has(approval))).toEqual([]);
}
