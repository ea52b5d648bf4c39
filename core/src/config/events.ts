import type { Template } from './config.ts';
import type { EventType } from './event-types.ts';

/** Who is told what happens: an entry of `events:`. */
export type SinkConfig = HttpSinkConfig | SlackSinkConfig | EmailSinkConfig;

interface SinkBase {
  /** Its own, or its kind and number: `http-1`. Its place in the outbox belongs to the name. */
  readonly name: string;
  /** The patterns as they are written. */
  readonly only: readonly string[];
  /** The types that the patterns stand for. */
  readonly types: readonly EventType[];
  readonly retry: RetryConfig;
}

/** When what was not taken is sent again. */
export interface RetryConfig {
  /** Before the second try, doubled for each further one. */
  readonly firstMs: number;
  readonly maxMs: number;
  /** After this an event is a dead letter. */
  readonly giveUpMs: number;
}

/** CloudEvents over HTTP. */
export interface HttpSinkConfig extends SinkBase {
  readonly kind: 'http';
  readonly url: Template;
  /** Signs as Standard Webhooks says. */
  readonly secret: Template | undefined;
  readonly headers: Readonly<Record<string, Template>>;
  /** Absolute paths of PEM files. */
  readonly clientCert: string | undefined;
  readonly clientKey: string | undefined;
}

/** An incoming webhook as Slack has it. */
export interface SlackSinkConfig extends SinkBase {
  readonly kind: 'slack';
  /** A secret itself. */
  readonly url: Template;
  /** The message with placeholders, or undefined for the usual text. */
  readonly template: Template | undefined;
}

/** E-mail. */
export interface EmailSinkConfig extends SinkBase {
  readonly kind: 'email';
  /** `smtp://USER:PASSWORD@HOST:PORT`, or smtps. */
  readonly server: Template;
  readonly from: Template;
  readonly to: readonly Template[];
  /** With placeholders, or undefined for the usual text. */
  readonly subject: Template | undefined;
  readonly template: Template | undefined;
}
