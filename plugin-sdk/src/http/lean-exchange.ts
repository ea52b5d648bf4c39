import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Ask } from './ask.ts';
import { declaresTooMuch, drainBytes, tooLarge } from './body.ts';
import { authorize } from './credentials.ts';
import type { Deadline } from './deadline.ts';

/** An answer that is all here, its body as sent. */
export interface LeanAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Empty unless the status is 200. */
  readonly body: Buffer;
}

const nothing = Buffer.alloc(0);

/**
 * Asks once, without got, which costs several times as much as the whole exchange; for conditional GETs.
 * Follows no redirect. Rejects with the deadline's reason, `TOO_LARGE`, or whatever went wrong.
 */
export function exchangeLean(ask: Ask, dispatcher: Dispatcher, deadline: Deadline): Promise<LeanAnswer> {
  const { url, headers, authority } = ask;
  const { origin } = url;
  const authorization = authorize(authority, origin);
  return new Promise((resolve, reject) => {
    const handler = new LeanHandler(ask, resolve, reject);
    deadline.onEnd((reason) => handler.end(reason));
    dispatcher.dispatch(
      {
        origin,
        path: url.search === '' ? url.pathname : url.pathname + url.search,
        method: 'GET',
        headers: authorization === undefined ? headers : { ...headers, authorization },
        // The deadline bounds the whole exchange; undici's own limits are per phase.
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      handler,
    );
  });
}

/** Understands one answer as undici tells it, chunk by chunk. */
class LeanHandler implements Dispatcher.DispatchHandler {
  readonly #ask: Ask;
  readonly #resolve: (answer: LeanAnswer) => void;
  readonly #reject: (reason: unknown) => void;
  #chunks: Buffer[] | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #ended: Error | undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #bytes = 0;

  constructor(ask: Ask, resolve: (answer: LeanAnswer) => void, reject: (reason: unknown) => void) {
    this.#ask = ask;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Ends the exchange from outside. What was answered already stays answered. */
  end(reason: Error): void {
    this.#reject(reason);
    this.#ended = reason;
    this.#controller?.abort(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Until there is a connection there is nothing to abort, and so the end may have come before.
    if (this.#ended) controller.abort(this.#ended);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    this.#status = status;
    this.#headers = headers;
    if (status !== 200) return;
    this.#chunks = [];
    if (declaresTooMuch(this.#ask, headers)) this.end(tooLarge(this.#ask));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#chunks?.push(chunk);
    if (this.#chunks && this.#bytes > this.#ask.maxBytes) this.end(tooLarge(this.#ask));
    if (!this.#chunks && this.#bytes > drainBytes) {
      this.onResponseEnd();
      this.end(new Error('more body than is worth a connection'));
    }
  }

  onResponseEnd(): void {
    this.#resolve({
      status: this.#status,
      headers: this.#headers,
      body: this.#chunks ? Buffer.concat(this.#chunks) : nothing,
    });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#reject(error);
  }
}
