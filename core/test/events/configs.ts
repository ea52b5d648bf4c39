import { eventTypes, expandPattern } from '../../src/config/event-types.ts';
import type {
  EmailSinkConfig,
  HttpSinkConfig,
  RetryConfig,
  SlackSinkConfig,
} from '../../src/config/events.ts';

/** Tries again at once, and for longer than any test. */
export const quick: RetryConfig = { firstMs: 4, maxMs: 20, giveUpMs: 3_600_000 };

const common = { only: ['*'], types: eventTypes, retry: quick } as const;

export function httpSink(name: string, url: string, changes: Partial<HttpSinkConfig> = {}): HttpSinkConfig {
  const none = { secret: undefined, headers: {}, clientCert: undefined, clientKey: undefined };
  return { ...common, kind: 'http', name, url, ...none, ...changes };
}

export function slackSink(
  name: string,
  url: string,
  changes: Partial<SlackSinkConfig> = {},
): SlackSinkConfig {
  return { ...common, kind: 'slack', name, url, template: undefined, ...changes };
}

export function emailSink(
  name: string,
  server: string,
  changes: Partial<EmailSinkConfig> = {},
): EmailSinkConfig {
  const mail = {
    from: 'Sluice <sluice@example.com>',
    to: ['ops@example.com'],
    subject: undefined,
    template: undefined,
  };
  return { ...common, kind: 'email', name, server, ...mail, ...changes };
}

export function wanting(...only: readonly string[]) {
  return { only, types: only.flatMap(expandPattern) };
}
