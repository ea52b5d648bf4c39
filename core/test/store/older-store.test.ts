import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anonymous } from '../../src/engine/actor.ts';
import { adoptPipelines } from '../../src/engine/configured/adopt-pipelines.ts';
import { happen } from '../../src/engine/happen.ts';
import type { Wish } from '../../src/engine/happening.ts';
import { claimJobs } from '../../src/engine/jobs/claim-jobs.ts';
import { listDecisions } from '../../src/store/decisions.ts';
import { activateConfiguration } from '../../src/store/nodes.ts';
import { listRuns } from '../../src/store/run-views.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import {
  dependOn,
  listenTo,
  makeApproval,
  makeConfig,
  makePipeline,
  makeStage,
  secretFields,
} from '../engine/configs.ts';

/**
 * Written by the version before the reasons had codes: run 1 of p has passed, run 2 waits for approval, two runs
 * of q have passed, a third is running, and q is paused.
 */
const before = new URL('./fixtures/before-reasons.db.gz', import.meta.url);

const live = { ...makeStage('live'), approval: makeApproval() };
const config = makeConfig([
  makePipeline('p', { materials: [listenTo('a')], stages: [makeStage('build'), live] }),
  makePipeline('q', { materials: [listenTo('b', 'every')], stages: [makeStage('build')] }),
  makePipeline('r', { materials: [dependOn('p'), dependOn('q')], stages: [makeStage('ship')] }),
]);
const calendar = { findNext: () => undefined, findLast: () => undefined };
const inForce = () => ({ config, secretFields, calendar, now: Date.now() });

describe('a store of the version before', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-older-'));
  let store: Store;

  beforeAll(async () => {
    const path = join(directory, 'sluice.db');
    writeFileSync(path, gunzipSync(readFileSync(before)));
    chmodSync(path, 0o600);
    store = await openStore(`sqlite:${path}`, { now: Date.now, random: Math.random });
    await store.transact(async (tx) => {
      await activateConfiguration(tx, 'one', config.hash, Date.now());
      await adoptPipelines(tx, inForce());
    });
  });
  afterAll(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  const decisionsOf = (pipeline: string) => store.read((tx) => listDecisions(tx, pipeline, { limit: 100 }));
  const ask = (wish: Wish) =>
    store.transact((tx) =>
      happen(tx, { kind: 'asked', wish, actor: anonymous, comment: undefined }, inForce()),
    );

  it('says what was decided as it was said then, and why runs were started', async () => {
    const { items } = await decisionsOf('p');
    expect(items.map(({ code, reason }) => [code, reason]).toReversed()).toEqual(
      [
        'npmjs/a 1.0.0 was published',
        'run 1 waits for approval to enter live: whoever may operate the pipeline',
        'anonymous approved run 1 for live',
        'npmjs/a 2.0.0 was published',
        'run 2 waits for approval to enter live: whoever may operate the pipeline',
      ].map((sentence) => ['recorded-before', sentence]),
    );
    const runs = await store.read((tx) => listRuns(tx, 'p', { limit: 10 }));
    expect(runs.items.map(({ counter, status, cause }) => [counter, status, cause])).toEqual([
      [2, 'waiting', 'npmjs/a 2.0.0 was published'],
      [1, 'passed', 'npmjs/a 1.0.0 was published'],
    ]);
  });

  it('goes on: what waits is approved and done, what was paused starts, each with a code from now on', async () => {
    const approved = await ask({ what: 'approve', pipeline: 'p', counter: 2, stage: 'live' });
    expect(approved.refusal).toBeUndefined();
    await ask({ what: 'unpause', pipeline: 'q' });
    const claim = { node: 'one', configHash: config.hash, mayBegin: true, inHand: [], room: 100 };
    const jobs = await store.transact((tx) => claimJobs(tx, { ...claim, now: Date.now() }));
    expect(jobs.map(({ facts: { run, stage } }) => `${run.pipeline}/${run.counter}/${stage.name}`)).toEqual([
      'q/3/build',
      'p/2/live',
    ]);
    const outcome = { status: 'passed', exitCode: 0, message: null } as const;
    const attempts = jobs.map(({ lease, facts }) => ({ lease, facts, outcome }));
    await store.transact((tx) => happen(tx, { kind: 'ended', attempts }, inForce()));
    for (const [pipeline, counter] of [
      ['p', 2],
      ['q', 3],
    ] as const) {
      const { items } = await store.read((tx) => listRuns(tx, pipeline, { limit: 1 }));
      expect(items[0]).toMatchObject({ counter, status: 'passed' });
    }
    expect((await decisionsOf('p')).items[0]).toMatchObject({
      code: 'approved',
      facts: { run: 2, stage: 'live' },
    });
  });
});
