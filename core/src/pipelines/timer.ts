import cron, { type ScheduledTask } from 'node-cron';
import type { Calendar } from './calendar.ts';

const minuteMs = 60_000;
/** Offsets of timezones are multiples of this. */
const quarterMinutes = [0, 15, 30, 45];

/**
 * A calendar by node-cron. The next moment is found from the machine's clock, since node-cron has no other; the last one by trying the
 * minutes before, so that a window of a week costs some hundred tries once and is remembered.
 */
export function createCalendar(timezone: string): Calendar {
  const lasts = new Map<string, { readonly triedUpTo: number; readonly since: number; readonly last: number | undefined }>();
  return {
    findNext: (expression) => withTask(expression, timezone, (task) => task.getNextRuns(1)[0]?.getTime()),
    findLast(expression, { since, now }) {
      const known = lasts.get(expression);
      const isKnown = known !== undefined && known.since <= since && known.triedUpTo <= now;
      const from = isKnown ? known.triedUpTo : since;
      const found = withTask(expression, timezone, (task) => findBackwards(task, minutesOf(expression), { since: from, now }));
      const last = found ?? (isKnown ? known.last : undefined);
      lasts.set(expression, { triedUpTo: floorToMinute(now), since: isKnown ? known.since : since, last });
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

function minutesOf(expression: string): ReadonlySet<number> {
  const { minute } = cron.parse(expression);
  return new Set(minute.flatMap((each) => quarterMinutes.map((offset) => (each + offset) % 60)));
}

function findBackwards(
  task: ScheduledTask,
  minutes: ReadonlySet<number>,
  { since, now }: { readonly since: number; readonly now: number },
): number | undefined {
  for (let at = floorToMinute(now); at >= since; at -= minuteMs) {
    if (minutes.has(new Date(at).getUTCMinutes()) && task.match(new Date(at))) return at;
  }
  return undefined;
}

function floorToMinute(time: number): number {
  return Math.floor(time / minuteMs) * minuteMs;
}
