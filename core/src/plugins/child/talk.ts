import type { Lines } from '../lines.ts';
import { crossing, type FromPlugin, type LogLevel } from '../protocol.ts';

const linesPerSecond = 100;
const longestSecret = 65_536;
const remembered = 1000;

/** Understands how much a plugin may say: beyond that its words are counted and dropped. */
export class Talk {
  readonly #lines: Lines;
  #second = 0;
  #said = 0;
  #dropped = 0;
  readonly #secrets = new Set<string>();

  constructor(lines: Lines) {
    this.#lines = lines;
  }

  /** Sends a line of the log, for a question or for the process. */
  log(level: LogLevel, message: string, id?: number): void {
    this.#turnSecond();
    if (this.#said++ >= linesPerSecond) this.#dropped++;
    else
      this.#send({
        type: 'log',
        level,
        message: String(message).slice(0, crossing.message),
        ...(id !== undefined && { id }),
      });
  }

  /**
   * Has a value masked from now on, wherever this process's words are shown. Throws a `RangeError` for one
   * too long to be a secret.
   */
  secret(value: string): void {
    if (typeof value !== 'string' || value === '' || this.#secrets.has(value)) return;
    if (value.length > longestSecret)
      throw new RangeError(`a secret of more than ${longestSecret} characters cannot be masked`);
    // The server remembers them all; this set only saves saying the same one again.
    if (this.#secrets.size >= remembered) this.#secrets.clear();
    this.#secrets.add(value);
    this.#send({ type: 'secret', value });
  }

  #turnSecond(): void {
    const second = Math.floor(performance.now() / 1000);
    if (second === this.#second) return;
    if (this.#dropped > 0)
      this.#send({ type: 'log', level: 'warn', message: `${this.#dropped} more lines were dropped` });
    this.#second = second;
    this.#said = 0;
    this.#dropped = 0;
  }

  #send(message: FromPlugin): void {
    this.#lines.send(message);
  }
}
