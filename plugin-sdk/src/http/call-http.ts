import { PluginError } from '../errors.ts';
import type { Credentials, Http, HttpResponse, RequestOptions, StreamedResponse } from '../http.ts';
import type { Log } from '../plugin.ts';
import { type Ask, prepareAsk, showUrl } from './ask.ts';
import { type Authority, makeAuthority } from './credentials.ts';
import { Deadline } from './deadline.ts';
import { fetchLean, fetchStream, fetchWhole, type Shared } from './exchanges.ts';
import { describeFailure } from './failures.ts';
import { delayBeforeRetry } from './retries.ts';

/** What the requests of a client's calls share. */
export interface ClientParts extends Shared {
  /** Aborts when the client is closed. */
  readonly closed: AbortSignal;
  /** Every exchange that is open. */
  readonly open: Set<Deadline>;
  readonly random: () => number;
  readonly userAgent: string;
  readonly trust: readonly string[];
}

/** The call that a request belongs to. */
export interface HttpCall {
  readonly signal: AbortSignal;
  readonly log: Log;
}

const mebibyte = 1_048_576;
const whole = { maxBytes: 64 * mebibyte, timeoutMs: 60_000 };
const streamed = { maxBytes: 4096 * mebibyte, timeoutMs: 600_000 };

/** Understands the requests of one call: checked, within their time, repeated where that may help. */
export class CallHttp implements Http {
  readonly #parts: ClientParts;
  readonly #call: HttpCall;
  readonly #authority: Authority | undefined;

  constructor(parts: ClientParts, call: HttpCall, authority?: Authority) {
    this.#parts = parts;
    this.#call = call;
    this.#authority = authority;
  }

  withCredentials(url: string, credentials: Credentials): Http {
    return new CallHttp(this.#parts, this.#call, makeAuthority(url, credentials, this.#parts.trust));
  }

  async request(url: string, options: RequestOptions = {}): Promise<HttpResponse> {
    const parts = this.#parts;
    const ask = prepareAsk(url, options, this.#authority, { ...whole, userAgent: parts.userAgent });
    const lean = ask.validators && ask.method === 'GET' ? parts.connections.dispatcher(ask.url) : undefined;
    const deadline = this.#begin(ask);
    try {
      return await this.#repeat(ask, deadline, (attempt) =>
        lean && attempt === 1 ? fetchLean(ask, lean, deadline, parts) : fetchWhole(ask, deadline, parts),
      );
    } finally {
      deadline.settle();
    }
  }

  async stream(url: string, options: RequestOptions = {}): Promise<StreamedResponse> {
    const ask = prepareAsk(url, options, this.#authority, { ...streamed, userAgent: this.#parts.userAgent });
    const deadline = this.#begin(ask);
    try {
      const answer = await this.#repeat(ask, deadline, () => fetchStream(ask, deadline, this.#parts));
      answer.body.once('close', () => deadline.settle());
      return answer;
    } catch (thrown) {
      deadline.settle();
      throw thrown;
    }
  }

  #begin({ method, url, timeoutMs }: Ask): Deadline {
    const { signal } = this.#call;
    const { closed, open, clock } = this.#parts;
    signal.throwIfAborted();
    closed.throwIfAborted();
    return new Deadline(signal, open, { ms: timeoutMs, now: clock.now() }, () => {
      const message = `${method} ${showUrl(url)}: no complete answer within ${timeoutMs} ms; check the server and the network`;
      return new PluginError('TIMEOUT', message);
    });
  }

  async #repeat<T>(ask: Ask, deadline: Deadline, attempt: (number: number) => Promise<T>): Promise<T> {
    const { clock, random } = this.#parts;
    const isIdempotent = ask.method === 'GET' || ask.method === 'HEAD';
    for (let number = 1; ; number++) {
      try {
        return await attempt(number);
      } catch (thrown) {
        deadline.throwIfEnded();
        const error = describeFailure(thrown, ask.method, ask.url);
        const delay = isIdempotent
          ? delayBeforeRetry(error, number, deadline.expiresAt - clock.now(), random)
          : undefined;
        if (delay === undefined) throw error;
        this.#call.log.debug(`${error.message}; asked again in ${Math.round(delay)} ms`);
        await this.#pause(delay, deadline);
      }
    }
  }

  async #pause(ms: number, deadline: Deadline): Promise<void> {
    const waiting = new AbortController();
    deadline.onEnd((reason) => waiting.abort(reason));
    try {
      await this.#parts.clock.wait(ms, waiting.signal);
    } finally {
      deadline.throwIfEnded();
    }
  }
}
