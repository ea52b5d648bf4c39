import { defaults } from '../defaults.ts';
import { atValue, entriesOf, type Rule } from './rule.ts';

/** Cron expressions and the timezone they are read in exist. */
export const checkSchedules: Rule = function* ({ config, isCron }) {
  const { timezone = defaults.timezone } = config;
  if (!isTimezone(timezone)) {
    yield atValue(['timezone'], `timezone: "${timezone}" is not an IANA name such as UTC or Europe/Berlin`);
  }
  for (const [name, { poll }] of entriesOf(config.repositories)) {
    if (poll?.cron === undefined || isCron(poll.cron, isTimezone(timezone) ? timezone : defaults.timezone)) continue;
    yield atValue(['repositories', name, 'poll', 'cron'], `cron: "${poll.cron}" is not a cron expression such as "*/5 * * * *"`);
  }
};

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
