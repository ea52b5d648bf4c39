import { describe, expect, it } from 'vitest';
import { createCalendar } from '../../src/engine/timer.ts';
import { dependOn, listenTo, makePipeline, makeStage } from './configs.ts';
import { describeWorlds } from './describe-worlds.ts';
import { makeLevel } from './fan-in/level.ts';
import { Hands } from './hands.ts';
import { everyTenMinutes } from './machine/setting.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe('the calendar', () => {
  const calendar = createCalendar('UTC');

  it('finds the next moment after now, by the clock of the machine', () => {
    const now = Date.now();
    const next = calendar.findNext('*/5 * * * *', now) ?? 0;
    expect(next).toBeGreaterThan(now);
    expect(next - now).toBeLessThanOrEqual(5 * minute + second);
    expect(next % (5 * minute)).toBe(0);
  });

  it('finds the last moment of a week, to the minute', () => {
    const monday = Date.UTC(2026, 10, 23, 9, 0);
    const now = monday + 6 * day + 3 * hour;
    expect(calendar.findLast('0 9 * * 1', { since: now - 7 * day, now })).toBe(monday);
    expect(calendar.findLast('0 9 * * 1', { since: monday + minute, now })).toBeUndefined();
    expect(calendar.findLast('0 9 * * 1', { since: monday, now: monday })).toBe(monday);
    expect(calendar.findLast('0 9 * * 1', { since: monday - hour, now: monday - second })).toBeUndefined();
  });

  it('goes on from what it found before, and back again', () => {
    const start = Date.UTC(2026, 10, 25, 0, 0);
    const ask = (at: number) => calendar.findLast('30 * * * *', { since: at - 2 * hour, now: at });
    expect(ask(start + 45 * minute)).toBe(start + 30 * minute);
    expect(ask(start + 80 * minute)).toBe(start + 30 * minute);
    expect(ask(start + 91 * minute)).toBe(start + 90 * minute);
    expect(ask(start + 40 * minute)).toBe(start + 30 * minute);
  });

  it('finds the last moment to the second where the expression names seconds', () => {
    const start = Date.UTC(2026, 10, 25, 9, 0);
    const ask = (at: number, cron = '30 0 9 * * *') =>
      calendar.findLast(cron, { since: start - minute, now: start + at });
    expect(ask(29 * second)).toBeUndefined();
    expect(ask(31 * second)).toBe(start + 30 * second);
    expect(ask(29 * second)).toBeUndefined();
    expect(ask(5 * minute)).toBe(start + 30 * second);
    expect([14, 26, 41].map((at) => ask(at * second, '*/20 * * * * *'))).toEqual(
      [0, 20, 40].map((at) => start + at * second),
    );
  });

  it('goes by the timezone, over a change of the clocks too', () => {
    const berlin = createCalendar('Europe/Berlin');
    const at = (date: number, now: number) =>
      berlin.findLast('0 9 * * *', { since: Date.UTC(2026, 9, date), now });
    expect(at(24, Date.UTC(2026, 9, 24, 23))).toBe(Date.UTC(2026, 9, 24, 7));
    expect(at(26, Date.UTC(2026, 9, 26, 23))).toBe(Date.UTC(2026, 9, 26, 8));
    const kathmandu = createCalendar('Asia/Kathmandu');
    const noon = Date.UTC(2026, 10, 25, 6, 15);
    expect(kathmandu.findLast('0 12 * * *', { since: noon - hour, now: noon + hour })).toBe(noon);
  });
});

const timer = { cron: '*/10 * * * *', onlyOnChanges: false };

function timed(changes: { readonly onlyOnChanges?: boolean } = {}) {
  return makePipeline('p', {
    materials: [listenTo('a', 'manual')],
    stages: [makeStage('build')],
    timer: { ...timer, ...changes },
  });
}

describeWorlds('a timer', (open) => {
  it('starts the newest there is at its moments, once for those that passed while nobody was there', async () => {
    const world = await open();
    world.calendar = everyTenMinutes;
    world.setClock(60 * second);
    await world.adopt([timed()]);
    await world.publish('a', ['1.0.0', '1.1.0']);
    expect(await world.summary()).toEqual([]);
    world.setClock(3_000 * second);
    await world.reopen();
    await world.adopt([timed()]);
    await world.look();
    expect(await world.summary()).toEqual(['1 a@1.1.0 running']);
    expect((await world.runs())[0]).toMatchObject({
      cause: 'the timer */10 * * * * came',
      startedBy: 'timer',
    });
    await world.work();
    world.setClock(3_601 * second);
    await world.look();
    expect(await world.summary()).toEqual(['1 a@1.1.0 passed', '2 a@1.1.0 running']);
  });

  it('starts only what changed where onlyOnChanges says so', async () => {
    const world = await open();
    world.calendar = everyTenMinutes;
    world.setClock(60 * second);
    await world.adopt([timed({ onlyOnChanges: true })]);
    await world.publish('a', ['1.0.0']);
    for (const at of [601, 1_201]) {
      world.setClock(at * second);
      await world.look();
      await world.work();
    }
    expect(await world.summary()).toEqual(['1 a@1.0.0 passed']);
    expect((await world.decisions()).at(-1)).toMatchObject({
      outcome: 'refused',
      reason: 'the timer came, and no material differs from the run before',
    });
    await world.publish('a', ['1.1.0']);
    world.setClock(1_801 * second);
    await world.look();
    expect((await world.summary()).at(-1)).toBe('2 a@1.1.0 running');
  });

  it('waits for a pause, a busy stage and a set to be over, and says so once', async () => {
    const world = await open();
    world.calendar = everyTenMinutes;
    world.setClock(60 * second);
    const pipelines = [
      makeLevel('build', listenTo('a')),
      { ...makeLevel('p', dependOn('build', 'manual')), timer },
    ];
    await world.adopt(pipelines);
    const hands = new Hands(world);
    await world.publish('a', ['1.0.0']);
    world.setClock(601 * second);
    await world.look();
    await world.look();
    expect((await world.decisions()).map(({ reason }) => reason)).toEqual([
      'the timer came, and waits for build to pass',
    ]);
    await world.pause('p', 'lunch');
    expect((await world.decisions()).at(-1)?.reason).toBe(
      'the timer came, and the pipeline is paused: lunch',
    );
    await hands.pass('build/1');
    expect(await world.summary()).toEqual([]);
    await world.pause('p', null);
    expect(await world.summary()).toEqual(['1 build#1 running']);
  });

  it('is no floor for trigger: latest, and has none', async () => {
    const world = await open();
    world.calendar = everyTenMinutes;
    world.setClock(60 * second);
    await world.adopt([{ ...timed(), materials: [listenTo('a')] }]);
    await world.publish('a', ['1.0.0', '2.0.0']);
    await world.work();
    await world.amend('a', '2.0.0', { state: 'withdrawn' });
    world.setClock(601 * second);
    await world.look();
    expect(await world.summary()).toEqual(['1 a@2.0.0 passed', '2 a@1.0.0 running']);
  });
});
