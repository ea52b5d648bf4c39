import { describe, expect, it } from 'vitest';
import {
  type DuePackage,
  eachPackage,
  type PackageAnswer,
  PluginError,
  type PollAnswer,
  type PollCall,
} from '../src/index.ts';

type Ask = (due: DuePackage<Record<never, never>>, call: PollCall) => Promise<PackageAnswer>;

const unchanged: PackageAnswer = { unchanged: true };

function due(count: number): readonly DuePackage<Record<never, never>>[] {
  return Array.from({ length: count }, (_, index) => ({ key: `p${index}`, config: {}, cursor: undefined }));
}

function lend(signal: AbortSignal, onProgress: (done: number) => void = () => {}): PollCall {
  const unused = () => {
    throw new Error('not for this test');
  };
  return {
    http: { request: unused, stream: unused, withCredentials: unused },
    signal,
    log: { debug: unused, info: unused, warn: unused },
    progress: onProgress,
    secret: unused,
    cursor: undefined,
  };
}

function poll(
  ask: Ask,
  count: number,
  options: { concurrency?: number; signal?: AbortSignal; onProgress?: (done: number) => void } = {},
) {
  const { concurrency = 4, signal = new AbortController().signal, onProgress } = options;
  return eachPackage(ask, { concurrency })(due(count), lend(signal, onProgress));
}

function keys(answers: readonly PollAnswer[]): readonly string[] {
  return answers.map((answer) => ('key' in answer ? answer.key : 'repository'));
}

/** Lets everything run that can run without the outside world. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('eachPackage', () => {
  it('answers every package once, under its own key whatever the answer says', async () => {
    const answers = await Array.fromAsync(poll(async () => ({ ...unchanged, key: 'another' }), 25));
    expect(keys(answers).toSorted()).toEqual(
      due(25)
        .map(({ key }) => key)
        .toSorted(),
    );
  });

  it('has nothing to say about no packages', async () => {
    expect(await Array.fromAsync(poll(async () => unchanged, 0))).toEqual([]);
  });

  it('yields what is known before what is still asked', async () => {
    const slow = Promise.withResolvers<PackageAnswer>();
    const answers = poll(({ key }) => (key === 'p0' ? slow.promise : Promise.resolve(unchanged)), 3);
    const first = [await answers.next(), await answers.next()].map(({ value }) => value);
    expect(keys(first)).toEqual(['p1', 'p2']);
    slow.resolve(unchanged);
    expect((await answers.next()).value).toEqual({ key: 'p0', unchanged: true });
    expect((await answers.next()).done).toBe(true);
  });

  it('makes what a question throws the problem of its package, and goes on', async () => {
    const problem = new PluginError('NOT_FOUND', 'no such package');
    const ask: Ask = async ({ key }) => {
      if (key === 'p0') throw problem;
      if (key === 'p1') throw new TypeError('x is undefined');
      return unchanged;
    };
    const answers = await Array.fromAsync(poll(ask, 3, { concurrency: 1 }));
    expect(answers).toEqual([
      { key: 'p0', problem },
      { key: 'p1', problem: expect.objectContaining({ code: 'PLUGIN_FAILED', message: 'x is undefined' }) },
      { key: 'p2', unchanged: true },
    ]);
  });

  it('does so too where the question throws before it waits', async () => {
    const answers = await Array.fromAsync(
      poll(() => {
        throw new PluginError('FORBIDDEN', 'no');
      }, 1),
    );
    expect(answers).toEqual([{ key: 'p0', problem: expect.objectContaining({ code: 'FORBIDDEN' }) }]);
  });

  it('counts its progress to the end', async () => {
    const seen: number[] = [];
    await Array.fromAsync(poll(async () => unchanged, 5, { onProgress: (done) => seen.push(done) }));
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it('keeps no more questions in flight than allowed, and never fewer while somebody reads', async () => {
    const open: (() => void)[] = [];
    let most = 0;
    const ask: Ask = async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      most = Math.max(most, open.push(resolve));
      await promise;
      return unchanged;
    };
    const reading = Array.fromAsync(poll(ask, 20, { concurrency: 3 }));
    for (let answered = 0; answered < 20; answered++) {
      await settle();
      expect(open).toHaveLength(Math.min(3, 20 - answered));
      open.shift()?.();
    }
    expect(await reading).toHaveLength(20);
    expect(most).toBe(3);
  });

  it('pauses when nobody reads, at twice as many answers as may be in flight', async () => {
    let asked = 0;
    const answers = poll(async () => {
      asked++;
      return unchanged;
    }, 1000);
    await answers.next();
    await settle();
    expect(asked).toBe(1 + 2 * 4);
    await answers.next();
    await settle();
    expect(asked).toBe(2 + 2 * 4);
    await answers.return(undefined);
  });

  it('asks for nothing more when whoever reads stops reading', async () => {
    let asked = 0;
    const pending: (() => void)[] = [];
    const ask: Ask = async ({ key }) => {
      asked++;
      if (key !== 'p0') await new Promise<void>((resolve) => pending.push(resolve));
      return unchanged;
    };
    for await (const answer of poll(ask, 100)) {
      expect(answer).toHaveProperty('key', 'p0');
      break;
    }
    const before = asked;
    for (const resolve of pending.splice(0)) resolve();
    await settle();
    expect(asked).toBe(before);
  });

  it('ends at once when aborted, even where a question ignores the signal', async () => {
    const abort = new AbortController();
    let asked = 0;
    const reading = Array.fromAsync(
      poll(
        () => {
          asked++;
          return new Promise(() => {});
        },
        10,
        { signal: abort.signal },
      ),
    );
    await settle();
    expect(asked).toBe(4);
    abort.abort(new Error('no longer wanted'));
    await expect(reading).rejects.toThrow('no longer wanted');
    expect(asked).toBe(4);
  });

  it('asks nothing at all when aborted before', async () => {
    let asked = 0;
    const ask: Ask = async () => {
      asked++;
      return unchanged;
    };
    await expect(
      Array.fromAsync(poll(ask, 10, { signal: AbortSignal.abort(new Error('too late')) })),
    ).rejects.toThrow('too late');
    expect(asked).toBe(0);
  });

  it.each(['UNREACHABLE', 'TIMEOUT'] as const)(
    'takes the repository to be down after as many %s in a row as may be in flight',
    async (code) => {
      let asked = 0;
      const ask: Ask = async () => {
        asked++;
        throw new PluginError(code, 'no answer');
      };
      await expect(Array.fromAsync(poll(ask, 1000))).rejects.toMatchObject({ code });
      expect(asked).toBeLessThan(20);
    },
  );

  it('does not take it to be down while answers come between, or other problems', async () => {
    const ask: Ask = async ({ key }) => {
      if (Number(key.slice(1)) % 4 === 3) throw new PluginError('NOT_FOUND', 'gone');
      throw new PluginError('UNREACHABLE', 'no answer');
    };
    expect(await Array.fromAsync(poll(ask, 100))).toHaveLength(100);
  });
});
