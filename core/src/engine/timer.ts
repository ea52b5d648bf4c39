import cron, { type ScheduledTask } from 'node-cron';
import type { Calendar } from './calendar.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
/** Offsets of timezones are multiples of this. */
const quarterMinutes = [0, 15, 30, 45];

/**
 * A calendar by node-cron. The next moment is found from the machine's clock, since node-cron has no other;
 * the last one by trying the minutes before, and of each the seconds that the expression names, so that a
 * window of a week costs some hundred tries once and is remembered.
 */
export function createCalendar(timezone: string): Calendar {
  const lasts = new Map<
    string,
    { readonly triedUpTo: number; readonly since: number; readonly last: number | undefined }
  >();
  return {
    findNext: (expression) => withTask(expression, timezone, (task) => task.getNextRuns(1)[0]?.getTime()),
    findLast(expression, { since, now }) {
      const known = lasts.get(expression);
      const isKnown = known !== undefined && known.since <= since && known.triedUpTo <= now;
      const from = isKnown ? known.triedUpTo : since;
      const found = withTask(expression, timezone, (task) =>
        findBackwards(task, ticksOf(expression), { since: from, now }),
      );
      const last = found ?? (isKnown ? known.last : undefined);
      lasts.set(expression, { triedUpTo: now, since: isKnown ? known.since : since, last });
      return last !== undefined && last >= since ? last : undefined;
    },
  };
}

function withTask<T>(expression: string, timezone: string, ask: (task: ScheduledTask) => T): T {
  const task = cron.createTask(expression, () => {}, { timezone });
  try {
    return ask(task);
  } finally {
    void task.destroy();
  }
}

/** When within an hour an expression may match, whatever the timezone. */
interface Ticks {
  readonly minutes: ReadonlySet<number>;
  /** Within a minute, last to first; 0 alone where the expression names none. */
  readonly seconds: readonly number[];
}

function ticksOf(expression: string): Ticks {
  const { minute, second } = cron.parse(expression);
  const minutes = new Set(minute.flatMap((each) => quarterMinutes.map((offset) => (each + offset) % 60)));
  return { minutes, seconds: second.toSorted((a, b) => b - a) };
}

function findBackwards(
  task: ScheduledTask,
  { minutes, seconds }: Ticks,
  { since, now }: { readonly since: number; readonly now: number },
): number | undefined {
  for (let minute = floorToMinute(now); minute > since - minuteMs; minute -= minuteMs) {
    if (!minutes.has(new Date(minute).getUTCMinutes())) continue;
    const moments = seconds
      .map((second) => minute + second * secondMs)
      .filter((at) => at >= since && at <= now);
    const found = moments.find((at) => task.match(new Date(at)));
    if (found !== undefined) return found;
  }
  return undefined;
}

function floorToMinute(time: number): number {
  return Math.floor(time / minuteMs) * minuteMs;
}
