import { setTimeout as sleep } from 'node:timers/promises';
import type { Template, WebhookJob } from '../../config/config.ts';
import type { Masker } from '../../config/masker.ts';
import { createMasker, replaceNul } from '../log-text.ts';
import type { Following, Outcome, Work } from '../target.ts';
import { wrapJob } from './envelope.ts';
import { type Post, post, type Reply, shownBytes } from './post.ts';
import { createSigner, type Signer } from './signature.ts';

/** How messages are delivered. Times in milliseconds. */
export interface DeliveryOptions {
  /** Fills in what a template refers to; throws where it cannot, in words without the values. */
  readonly resolve: (template: Template) => string;
  readonly now: () => number;
  /** In [0, 1), for the jitter of the back-off. */
  readonly random: () => number;
  /** Before the second try, doubled for each further one up to the longest; default 1,000. */
  readonly firstPauseMs?: number;
  /** Default 60,000. */
  readonly longestPauseMs?: number;
  /** For one try; default 30,000. */
  readonly tryMs?: number;
}

/** What is sent with every try. */
interface Message extends Pick<Post, 'url' | 'headers' | 'body'> {
  readonly sign: Signer;
  readonly masker: Masker;
}

const passing: ReadonlySet<number> = new Set([408, 425, 429]);

/** Understands when the message of one job has arrived, when to send it again, and when to give up. */
export class Delivery {
  readonly #work: Work<WebhookJob>;
  readonly #following: Following;
  readonly #options: DeliveryOptions;
  #offset: number;

  constructor(work: Work<WebhookJob>, following: Following, options: DeliveryOptions) {
    this.#work = work;
    this.#following = following;
    this.#options = options;
    this.#offset = following.offset;
  }

  /** Until the outcome is known. Rejects with the reason of `detach`. */
  async run(): Promise<Outcome> {
    let message: Message;
    try {
      message = this.#prepare();
    } catch (error) {
      return fail(`the webhook cannot be sent: ${error instanceof Error ? error.message : String(error)}`);
    }
    return this.#deliver(message);
  }

  async #deliver(message: Message): Promise<Outcome> {
    const { cancel, detach } = this.#following;
    const { now } = this.#options;
    const { timeoutMs } = this.#work.job;
    const deadline = now() + timeoutMs;
    const signal = AbortSignal.any([cancel, detach]);
    for (let tries = 1; ; tries++) {
      const reply = await this.#try(message, deadline, signal);
      detach.throwIfAborted();
      if (cancel.aborted) return fail('the job was cancelled');
      const verdict = judge(reply);
      const pauseMs = verdict === 'again' ? this.#choosePause(reply, tries) : undefined;
      await this.#report(reply, pauseMs, message.masker);
      if (verdict !== 'again') return verdict;
      if (pauseMs === undefined || now() + pauseMs >= deadline) return giveUp(reply, timeoutMs);
      await rest(pauseMs, signal);
    }
  }

  #prepare(): Message {
    const { job, secrets } = this.#work;
    const { now, resolve } = this.#options;
    const address = resolve(job.url);
    const secret = job.secret === undefined ? undefined : resolve(job.secret);
    const url = URL.parse(address);
    if (url === null || !/^https?:$/.test(url.protocol)) throw new Error(`its url, ${job.url}, is no http or https address`);
    const hidden = address === job.url ? [] : [address];
    const masker = createMasker([...secrets, ...hidden, ...(secret === undefined ? [] : [secret])]);
    return { url, sign: createSigner(secret), masker, ...wrapJob(this.#work, now()) };
  }

  #try({ url, headers, body, sign }: Message, deadline: number, signal: AbortSignal): Promise<Reply> {
    const { now, tryMs = 30_000 } = this.#options;
    const time = now();
    const signed = { ...headers, ...sign(this.#work.key, time, body) };
    return post({ url, headers: signed, body, timeoutMs: Math.max(1, Math.min(tryMs, deadline - time)), signal, now });
  }

  /** At least what the receiver asks for; else an exponential back-off, of which the upper half is left to chance. */
  #choosePause(reply: Reply, tries: number): number {
    const { firstPauseMs = 1000, longestPauseMs = 60_000, random } = this.#options;
    const backOff = Math.min(firstPauseMs * 2 ** (tries - 1), longestPauseMs) * (0.5 + random() / 2);
    return reply.status === undefined ? backOff : Math.max(backOff, reply.retryAfterMs ?? 0);
  }

  async #report(reply: Reply, pauseMs: number | undefined, masker: Masker): Promise<void> {
    const lines = [`POST ${this.#work.job.url}: ${reply.status ?? `no answer, ${masker.mask(reply.reason)}`}`];
    if (reply.status !== undefined && reply.body.length > 0) lines.push(showBody(reply.body, masker));
    if (pauseMs !== undefined) lines.push(`next try in ${(pauseMs / 1000).toFixed(1)} s`);
    const text = `${lines.join('\n')}\n`;
    this.#offset += Buffer.byteLength(text);
    await this.#following.write(text, this.#offset);
  }
}

function judge({ status }: Reply): Outcome | 'again' {
  if (status === undefined || status >= 500 || passing.has(status)) return 'again';
  if (status >= 200 && status < 300) return { status: 'passed', exitCode: null, message: null };
  if (status >= 300 && status < 400)
    return fail(`the receiver answered ${status}; redirects are not followed, put the new address into url`);
  return fail(`the receiver refused the webhook with status ${status}`);
}

function giveUp({ status }: Reply, timeoutMs: number): Outcome {
  const last = status === undefined ? 'none at all' : `status ${status}`;
  return fail(
    `the receiver did not accept the webhook, and the next try would be after the time limit of ${timeoutMs / 1000} s; its last answer was ${last}`,
  );
}

function showBody(body: Buffer, masker: Masker): string {
  const text = body.toString('utf8');
  // Where the body was cut, it may end within a secret.
  return replaceNul(body.length < shownBytes ? masker.mask(text) : masker.maskPart(text, false).masked);
}

async function rest(pauseMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(pauseMs, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function fail(message: string): Outcome {
  return { status: 'failed', exitCode: null, message };
}
