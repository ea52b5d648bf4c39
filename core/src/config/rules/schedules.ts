import { defaults } from '../defaults.ts';
import type { Path } from '../problem.ts';
import { atValue, entriesOf, itemsOf, type Rule, type Subject } from './rule.ts';

/** Cron expressions and the timezone they are read in exist. */
export const checkSchedules: Rule = function* ({ config, isCron }) {
  const { timezone = defaults.timezone } = config;
  if (!isTimezone(timezone)) {
    yield atValue(['timezone'], `timezone: "${timezone}" is not an IANA name such as UTC or Europe/Berlin`);
  }
  const known = isTimezone(timezone) ? timezone : defaults.timezone;
  for (const [path, cron] of listCrons(config)) {
    if (!isCron(cron, known))
      yield atValue(path, `cron: "${cron}" is not a cron expression such as "*/5 * * * *"`);
  }
};

function* listCrons({ repositories, pipelines }: Subject['config']): Generator<readonly [Path, string]> {
  for (const [name, { poll }] of entriesOf(repositories)) {
    if (poll?.cron !== undefined) yield [['repositories', name, 'poll', 'cron'], poll.cron];
  }
  for (const [name, { timer, stages }] of entriesOf(pipelines)) {
    if (timer?.cron !== undefined) yield [['pipelines', name, 'timer', 'cron'], timer.cron];
    for (const [index, { approval }] of itemsOf(stages)) {
      const cron = typeof approval === 'object' ? approval.window?.cron : undefined;
      if (cron !== undefined)
        yield [['pipelines', name, 'stages', index, 'approval', 'window', 'cron'], cron];
    }
  }
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
