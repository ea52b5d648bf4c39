import { inspect } from 'node:util';
import type { Credentials } from '../http.ts';

/** Where a plugin's words can be seen. */
export const channels = ['errors', 'log and progress', 'URLs', 'headers of its own', 'answers'] as const;

/** One of {@link channels}. */
export type Channel = (typeof channels)[number];

/** Understands what a plugin let be seen, and whether a secret is in it. */
export class Evidence {
  readonly #seen: Record<Channel, string[]> = {
    errors: [],
    'log and progress': [],
    URLs: [],
    'headers of its own': [],
    answers: [],
  };
  readonly #secrets = new Set<string>();

  constructor(secrets: readonly string[]) {
    for (const secret of secrets) this.hide(secret);
  }

  /** Looks for this value from now on, in every form that it is sent in. */
  hide(secret: string): void {
    if (secret === '') return;
    for (const form of [secret, encodeURIComponent(secret), toBase64(secret)]) this.#secrets.add(form);
  }

  /** Looks for what a plugin proves itself with, as the header has it too. */
  hideCredentials(credentials: Credentials): void {
    const secret = ('bearer' in credentials ? credentials.bearer : credentials.password).reveal();
    this.hide(secret);
    if ('username' in credentials) this.#secrets.add(toBase64(`${credentials.username}:${secret}`));
  }

  see(channel: Channel, value: unknown): void {
    this.#seen[channel].push(
      typeof value === 'string'
        ? value
        : inspect(value, { depth: 8, maxStringLength: null, maxArrayLength: null }),
    );
  }

  /** Whether there is anything to look for. */
  get hasSecrets(): boolean {
    return this.#secrets.size > 0;
  }

  /** What was seen in a channel that has a secret in it, the secret blotted out. */
  findLeaks(channel: Channel): readonly string[] {
    return this.#seen[channel].filter((text) => this.holdsSecret(text)).map((text) => this.#blot(text));
  }

  /** Whether a text holds a secret in any of its forms. */
  holdsSecret(text: string): boolean {
    return [...this.#secrets].some((secret) => text.includes(secret));
  }

  #blot(text: string): string {
    return [...this.#secrets].reduce((rest, secret) => rest.replaceAll(secret, '[THE SECRET]'), text);
  }
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}
