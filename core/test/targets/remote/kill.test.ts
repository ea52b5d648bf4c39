import { afterAll, describe, expect, it } from 'vitest';
import { describeRounds } from '../../../../test/support/long.ts';
import { createRandom } from '../../../../test/support/random.ts';
import { Elsewhere } from './following.ts';
import { type KindRow, kindRows } from './kinds.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/** The points at which a process can be killed between the wish for a build and its recorded result. */
const points = {
  'before the attempt is written': (it: Elsewhere, kill: () => void) => onRemember(it, 'asked', false, kill),
  'when the attempt is written': (it: Elsewhere, kill: () => void) => onRemember(it, 'asked', true, kill),
  'when the request has arrived': (it: Elsewhere, kill: () => void) => onStart(it, false, kill),
  'when the request was done': (it: Elsewhere, kill: () => void) => onStart(it, true, kill),
  'when the answer is read': (it: Elsewhere, kill: () => void) => onRemember(it, 'started', false, kill),
  'when the answer is written': (it: Elsewhere, kill: () => void) => onRemember(it, 'started', true, kill),
  'when the result is read': (it: Elsewhere, kill: () => void) => onResult(it, kill),
} as const;

type Point = keyof typeof points;
const names = Object.keys(points) as Point[];

function onRemember(it: Elsewhere, state: string, written: boolean, kill: () => void): void {
  it.onRemember = (memory, done) => {
    const isMeant = memory.state === state || (state === 'started' && memory.state === 'accepted');
    if (isMeant && done === written) kill();
  };
}

function onStart(it: Elsewhere, done: boolean, kill: () => void): void {
  it.server.onCall = (call, isDone) => {
    if (it.row.isStart(call) && isDone === done) kill();
  };
}

function onResult(it: Elsewhere, kill: () => void): void {
  it.server.onCall = (_call, done) => {
    if (done && it.server.all[0]?.script[0] === 'passed') kill();
  };
}

/** Lives until the outcome is known, killed at each of these points once, in their order. */
async function liveAndDie(it: Elsewhere, deaths: readonly Point[]): Promise<string> {
  for (const point of deaths) {
    it.onRemember = () => {};
    it.server.onCall = () => {};
    const outcome = await it.performUntilKilled((kill) => points[point](it, kill));
    if (outcome !== 'killed' && outcome.status !== 'passed') return outcome.status;
  }
  it.onRemember = () => {};
  it.server.onCall = () => {};
  const outcome = await it.performUntilKilled(() => {});
  return outcome === 'killed' ? outcome : outcome.status;
}

describe.each(kindRows)('a build by $title', (row: KindRow) => {
  const opened: Elsewhere[] = [];
  afterAll(() => {
    for (const { server } of opened) server.close();
  });
  const open = async () => {
    const it = await Elsewhere.open(row);
    opened.push(it);
    return it;
  };

  it.each(names)('whose server is killed %s is there exactly once, or in doubt', async (point) => {
    const it = await open();
    expectOnce(it, await liveAndDie(it, [point]));
  });

  describeRounds({ few: 20, all: 200 }, (rounds, options) => {
    it(
      `is neither lost nor doubled in ${rounds} rounds of up to four kills (SEED=${seed})`,
      options,
      async () => {
        const random = createRandom(seed);
        const outcomes: Record<string, number> = {};
        for (let round = 0; round < rounds; round++) {
          const it = await Elsewhere.open(row, `0b6f3d0e-3c1e-4a55-9a37-${String(round).padStart(12, '0')}`);
          const deaths = Array.from(
            { length: 1 + Math.floor(random() * 4) },
            () => names[Math.floor(random() * names.length)] ?? names[0],
          );
          const status = await liveAndDie(
            it,
            deaths.filter((death) => death !== undefined),
          );
          expectOnce(it, status);
          outcomes[status] = (outcomes[status] ?? 0) + 1;
          it.server.close();
        }
        // Whoever can be asked is never in doubt.
        if (row.canSayAbsent) expect(outcomes).toEqual({ passed: rounds });
        else expect(outcomes['passed']).toBeGreaterThan(0);
      },
    );
  });
});

function expectOnce(it: Elsewhere, status: string): void {
  if (it.row.canSayAbsent) {
    expect(status).toBe('passed');
    expect(it.server.all).toHaveLength(1);
  } else {
    expect(['passed', 'doubt']).toContain(status);
    expect(it.server.all.length).toBeLessThanOrEqual(1);
  }
}
