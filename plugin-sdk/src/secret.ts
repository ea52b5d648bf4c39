import { inspect } from 'node:util';

const brand = Symbol.for('sluice.secret');

/**
 * Understands how to carry a secret without showing it.
 *
 * Printed, concatenated, inspected or serialised it reads `[secret]`; only {@link Secret.reveal} opens it.
 * Recognised by a `Symbol.for` brand, so that a secret made by another copy of this package is one too.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  get [brand](): true {
    return true;
  }

  /** The secret itself. Use it where it is sent, and nowhere else. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

/** Whether a value is a {@link Secret}, of this copy of the package or another. */
export function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && brand in value;
}
