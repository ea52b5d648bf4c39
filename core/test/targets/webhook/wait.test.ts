import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { until } from '../../../../test/support/until.ts';
import type { Elsewhere, Memory, Outcome } from '../../../src/targets/target.ts';
import { createWebhookTarget } from '../../../src/targets/webhook/webhook-target.ts';
import { nothingElsewhere } from '../elsewhere.ts';
import { type Log, makeLog } from '../jobs.ts';
import { wires } from '../wires.ts';
import { facts } from '../work.ts';
import { answer, startReceiver } from './receiver.ts';

const callbackUrl =
  'https://sluice.example.com/api/v1/callbacks/attempt-1?expires=1&signature=hunter22-hunter22';

/** What the store keeps of a webhook that waits, over the lives of a server. */
class Kept {
  memory: Memory | undefined;
  report: { readonly status: 'passed' | 'failed'; readonly message: string | null } | undefined;
  #wake = Promise.withResolvers<void>();

  tell(status: 'passed' | 'failed', message: string | null = null): void {
    this.report = { status, message };
    this.#wake.resolve();
  }

  follow(): Log {
    const elsewhere: Elsewhere = {
      ...nothingElsewhere,
      memory: this.memory,
      remember: async (memory) => {
        this.memory = memory;
      },
      look: (signal) => Promise.race([this.#wake.promise, nothingElsewhere.look(signal)]),
      readReport: async () => this.report,
      callback: async () => callbackUrl,
    };
    return Object.assign(makeLog(), { elsewhere });
  }
}

function perform(
  url: string,
  log: Log,
  { startedAt = Date.now(), timeoutMs = 20_000 } = {},
): Promise<Outcome> {
  const target = createWebhookTarget({
    resolve: (text) => text,
    config: () => wires,
    now: Date.now,
    random: () => 0.5,
    firstPauseMs: 10,
  });
  const common = { name: 'deploy', timeoutMs, secrets: [], onDoubt: 'restart' } as const;
  const job = { ...common, kind: 'webhook', url, secret: undefined, wait: true } as const;
  return target.perform(
    { key: 'attempt-1', job, attempt: 1, startedAt, environment: {}, secrets: [], run: facts },
    log,
  );
}

describe('a webhook that waits', () => {
  it('brings an address for the report, which no log shows, and takes the report as its result', async () => {
    const { url, received } = await startReceiver(answer(202, `I shall tell ${callbackUrl}`));
    const kept = new Kept();
    const log = kept.follow();
    const outcome = perform(url, log);
    await until(() => kept.memory?.state === 'accepted');
    kept.tell('failed', 'two tests broke');
    expect(await outcome).toEqual({ status: 'failed', exitCode: null, message: 'two tests broke' });
    const { callback } = JSON.parse(received[0]?.body ?? '').data;
    expect(callback).toEqual({ url: callbackUrl, expires: expect.stringMatching(/^20\d\d-.*Z$/) });
    expect(log.text).not.toContain('hunter22');
  });

  it.each([200, 201, 204])('has passed where the receiver answers %i', async (status) => {
    const { url } = await startReceiver(answer(status));
    const kept = new Kept();
    expect(await perform(url, kept.follow())).toMatchObject({ status: 'passed' });
    expect(kept.memory).toBeUndefined();
  });

  it('goes on waiting in the next life of the server, and sends nothing again', async () => {
    const { url, received } = await startReceiver(answer(202));
    const kept = new Kept();
    const first = kept.follow();
    const interrupted = perform(url, first);
    await until(() => kept.memory !== undefined);
    first.detaching.abort(new Error('the server goes away'));
    await expect(interrupted).rejects.toThrow('the server goes away');
    const outcome = perform(url, kept.follow());
    kept.tell('passed');
    expect(await outcome).toMatchObject({ status: 'passed' });
    expect(received).toHaveLength(1);
  });

  it('takes a report that came before it was remembered that it would', async () => {
    const { url, received } = await startReceiver(answer(202));
    const kept = new Kept();
    kept.tell('passed');
    expect(await perform(url, kept.follow())).toMatchObject({ status: 'passed' });
    expect(received).toHaveLength(0);
  });

  it('fails without a report at its time limit, which counts from when the job began', async () => {
    const { url } = await startReceiver(answer(202));
    const kept = new Kept();
    kept.memory = { state: 'accepted', since: 1, askedAt: 1 };
    const outcome = await perform(url, kept.follow(), { startedAt: Date.now() - 19_900 });
    expect(outcome).toMatchObject({ status: 'failed', message: expect.stringContaining('did not report') });
  });

  it('can be cancelled', async () => {
    const { url } = await startReceiver(answer(202));
    const kept = new Kept();
    const log = kept.follow();
    const outcome = perform(url, log);
    await until(() => kept.memory !== undefined);
    await wait(0);
    log.cancelling.abort();
    expect(await outcome).toMatchObject({ status: 'failed', message: 'the job was cancelled' });
  });
});

it('a webhook whose time limit was over before this life of the server is not sent again', async () => {
  const { url, received } = await startReceiver(answer(200));
  const outcome = await perform(url, new Kept().follow(), { startedAt: Date.now() - 30_000 });
  expect(outcome).toMatchObject({ status: 'failed', message: expect.stringContaining('time limit of 20 s') });
  expect(received).toEqual([]);
});
