import { setTimeout as sleep } from 'node:timers/promises';
import type { Template } from '../../config/config.ts';
import type { WebhookJob } from '../../config/jobs.ts';
import type { Masker } from '../../config/masker.ts';
import { createMasker, replaceNul } from '../log-text.ts';
import { type Reply, type Request, send } from '../send.ts';
import type { Following, Outcome, Work } from '../target.ts';
import { openWires, type WireConfig, type Wires } from '../wires.ts';
import { type Callback, wrapJob } from './envelope.ts';
import { createSigner, type Signer } from './signature.ts';
import { waitForReport } from './wait-for-report.ts';

/** How messages are delivered. Times in milliseconds. */
export interface DeliveryOptions {
  /** Fills in what a template refers to; throws where it cannot, in words without the values. */
  readonly resolve: (template: Template) => string;
  /** The configuration as it is now. */
  readonly config: () => WireConfig;
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
interface Message extends Pick<Request, 'url' | 'headers'> {
  readonly body: string;
  readonly wires: Wires & AsyncDisposable;
  readonly sign: Signer;
  readonly masker: Masker;
}

const passing: ReadonlySet<number> = new Set([408, 425, 429]);
/** How many bytes of an answer are read, and shown in the job's log. */
const shownBytes = 4096;

/** Understands when the message of one job has arrived, when to send it again, and when to give up. */
export class Delivery {
  readonly #work: Work<WebhookJob>;
  readonly #following: Following;
  readonly #options: DeliveryOptions;
  readonly #deadline: number;
  #offset: number;

  constructor(work: Work<WebhookJob>, following: Following, options: DeliveryOptions) {
    this.#work = work;
    this.#following = following;
    this.#options = options;
    this.#deadline = work.startedAt + work.job.timeoutMs;
    this.#offset = following.offset;
  }

  /** Until the outcome is known. Rejects with the reason of `detach`. */
  async run(): Promise<Outcome> {
    if (await this.#isAccepted()) return this.#wait();
    if (this.#options.now() >= this.#deadline) {
      return fail(
        `the webhook was not accepted within the time limit of ${this.#work.job.timeoutMs / 1000} s`,
      );
    }
    const callback = this.#work.job.wait ? await this.#openCallback() : undefined;
    let message: Message;
    try {
      message = await this.#prepare(callback);
    } catch (error) {
      return fail(`the webhook cannot be sent: ${error instanceof Error ? error.message : String(error)}`);
    }
    await using _wires = message.wires;
    const verdict = await this.#deliver(message);
    return verdict === 'accepted' ? this.#accept() : verdict;
  }

  /** A report may have come before it was remembered that it will. */
  async #isAccepted(): Promise<boolean> {
    if (!this.#work.job.wait) return false;
    const { memory, readReport } = this.#following.elsewhere;
    return memory?.state === 'accepted' || (await readReport()) !== undefined;
  }

  async #deliver(message: Message): Promise<Outcome | 'accepted'> {
    const { cancel, detach } = this.#following;
    const { now } = this.#options;
    const signal = AbortSignal.any([cancel, detach]);
    for (let tries = 1; ; tries++) {
      const reply = await this.#try(message, signal);
      detach.throwIfAborted();
      if (cancel.aborted) return fail('the job was cancelled');
      const verdict = this.#judge(reply);
      const pauseMs = verdict === 'again' ? this.#choosePause(reply, tries) : undefined;
      await this.#report(reply, pauseMs, message.masker);
      if (verdict !== 'again') return verdict;
      if (pauseMs === undefined || now() + pauseMs >= this.#deadline) return this.#giveUp(reply);
      await rest(pauseMs, signal);
    }
  }

  async #accept(): Promise<Outcome> {
    const at = this.#options.now();
    await this.#following.elsewhere.remember({ state: 'accepted', since: at, askedAt: at });
    return this.#wait();
  }

  #wait(): Promise<Outcome> {
    return waitForReport(this.#following, this.#deadline, this.#options.now);
  }

  async #prepare(callback: Callback | undefined): Promise<Message> {
    const { job, secrets } = this.#work;
    const { config, now, resolve } = this.#options;
    const address = resolve(job.url);
    const secret = job.secret === undefined ? undefined : resolve(job.secret);
    const url = URL.parse(address);
    if (url === null || !/^https?:$/.test(url.protocol))
      throw new Error(`its url, ${job.url}, is no http or https address`);
    const hidden = address === job.url ? [] : [address];
    const masker = createMasker([
      ...secrets,
      ...hidden,
      ...[secret, callback?.url].filter((text) => text !== undefined),
    ]);
    const sign = createSigner(secret);
    return {
      url,
      sign,
      masker,
      ...wrapJob(this.#work, now(), callback),
      wires: await openWires(config(), resolve, job.tls),
    };
  }

  async #openCallback(): Promise<Callback> {
    const url = await this.#following.elsewhere.callback(this.#deadline);
    return { url, expires: new Date(this.#deadline).toISOString() };
  }

  #try({ url, headers, body, sign, wires }: Message, signal: AbortSignal): Promise<Reply> {
    const { now, tryMs = 30_000 } = this.#options;
    const time = now();
    const signed = { ...headers, ...sign(this.#work.key, time, body) };
    const timeoutMs = Math.max(1, Math.min(tryMs, this.#deadline - time));
    return send({
      method: 'POST',
      url,
      headers: signed,
      body,
      wires,
      timeoutMs,
      mostBytes: shownBytes,
      signal,
      now,
    });
  }

  /**
   * At least what the receiver asks for; else an exponential back-off, of which the upper half is left to
   * chance.
   */
  #choosePause(reply: Reply, tries: number): number {
    const { firstPauseMs = 1000, longestPauseMs = 60_000, random } = this.#options;
    const backOff = Math.min(firstPauseMs * 2 ** (tries - 1), longestPauseMs) * (0.5 + random() / 2);
    return reply.status === undefined ? backOff : Math.max(backOff, reply.retryAfterMs ?? 0);
  }

  async #report(reply: Reply, pauseMs: number | undefined, masker: Masker): Promise<void> {
    const lines = [
      `POST ${this.#work.job.url}: ${reply.status ?? `no answer, ${masker.mask(reply.reason)}`}`,
    ];
    if (reply.status !== undefined && reply.body.length > 0) lines.push(showBody(reply.body, masker));
    if (pauseMs !== undefined) lines.push(`next try in ${(pauseMs / 1000).toFixed(1)} s`);
    const text = `${lines.join('\n')}\n`;
    this.#offset += Buffer.byteLength(text);
    await this.#following.write(text, this.#offset);
  }

  #judge(reply: Reply): Outcome | 'again' | 'accepted' {
    const { status } = reply;
    if (status === undefined)
      return reply.fate === 'refused' ? fail(`the webhook cannot be sent: ${reply.reason}`) : 'again';
    if (status >= 500 || passing.has(status)) return 'again';
    if (status === 202 && this.#work.job.wait) return 'accepted';
    if (status >= 200 && status < 300) return { status: 'passed', exitCode: null, message: null };
    if (status >= 300 && status < 400)
      return fail(
        `the receiver answered ${status}; redirects are not followed, put the new address into url`,
      );
    return fail(`the receiver refused the webhook with status ${status}`);
  }

  #giveUp({ status }: Reply): Outcome {
    const last = status === undefined ? 'none at all' : `status ${status}`;
    const limit = this.#work.job.timeoutMs / 1000;
    return fail(
      `the receiver did not accept the webhook, and the next try would be after the time limit of ${limit} s; its last answer was ${last}`,
    );
  }
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
