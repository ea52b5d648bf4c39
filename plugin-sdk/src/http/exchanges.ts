import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { HttpResponse, StreamedResponse } from '../http.ts';
import { acceptHead, makeResponse } from './answers.ts';
import type { Ask } from './ask.ts';
import {
  atOnceBytes,
  type BodyReading,
  declaresTooMuch,
  decodeBody,
  drainBody,
  isEncoded,
  openBody,
  readBody,
  tooLarge,
} from './body.ts';
import type { Connections } from './connections.ts';
import type { Deadline } from './deadline.ts';
import { exchangeWithGot } from './got-exchange.ts';
import { type HostSlots, Slot } from './host-slots.ts';
import { exchangeLean } from './lean-exchange.ts';
import type { Clock } from './settings.ts';

/** What went over the wire so far. */
export interface TrafficCount {
  requests: number;
  bytes: number;
}

/** What all exchanges of a client share. */
export interface Shared {
  readonly connections: Connections;
  readonly slots: HostSlots;
  readonly traffic: TrafficCount;
  readonly clock: Clock;
}

/** Asks once and takes the whole body. */
export async function fetchWhole(ask: Ask, deadline: Deadline, shared: Shared): Promise<HttpResponse> {
  const { body, ...head } = await fetchStream(ask, deadline, shared);
  return makeResponse(ask, head, await readBody(body));
}

/** Asks once, by got; the slot is held until the body is closed. */
export async function fetchStream(ask: Ask, deadline: Deadline, shared: Shared): Promise<StreamedResponse> {
  const slot = new Slot(shared.slots, deadline);
  try {
    await slot.moveTo(ask.url.host);
    const { raw, ...answer } = await exchangeWithGot(ask, { ...shared, deadline, slot });
    const { head, body } = await orDrain(raw, () => ({
      head: acceptHead(ask, answer, shared.clock.now),
      body: openWithin(raw, readingOf(ask, answer.headers['content-encoding'], deadline, shared), deadline),
    }));
    body.once('close', () => {
      slot.release();
      raw.destroy();
    });
    if (ask.method !== 'HEAD' && !head.notModified && declaresTooMuch(ask, answer.headers))
      body.destroy(tooLarge(ask));
    return { ...head, body };
  } catch (thrown) {
    slot.release();
    throw thrown;
  }
}

/**
 * Asks once without got; where the answer is one that got deals with (a redirect, a status that was
 * accepted), asks got.
 */
export async function fetchLean(
  ask: Ask,
  dispatcher: Dispatcher,
  deadline: Deadline,
  shared: Shared,
): Promise<HttpResponse> {
  const { slots, traffic, clock } = shared;
  const turn = slots.acquire(ask.url.host, deadline);
  if (turn) await turn;
  let answer: Awaited<ReturnType<typeof exchangeLean>>;
  try {
    traffic.requests++;
    answer = await exchangeLean(ask, dispatcher, deadline);
  } finally {
    slots.release(ask.url.host);
  }
  const { status, headers } = answer;
  if (status !== 304 && status !== 200 && (status < 400 || ask.accept.includes(status)))
    return fetchWhole(ask, deadline, shared);
  const head = acceptHead(ask, { status, headers, url: ask.url }, clock.now);
  const encoding = headers['content-encoding'];
  if (status === 200 && isEncoded(ask, encoding)) {
    const reading = readingOf(ask, encoding, deadline, shared);
    const isSmall = answer.body.length <= atOnceBytes;
    const open = () => readBody(openWithin(Readable.from([answer.body]), reading, deadline));
    return makeResponse(ask, head, isSmall ? decodeBody(answer.body, reading) : await open());
  }
  traffic.bytes += answer.body.length;
  return makeResponse(ask, head, answer.body);
}

function readingOf(
  ask: Ask,
  encoding: string | undefined,
  deadline: Deadline,
  { traffic }: Shared,
): BodyReading {
  return {
    ask,
    encoding,
    count(bytes) {
      traffic.bytes += bytes;
    },
    ended: () => deadline.ended,
  };
}

function openWithin(raw: Readable, reading: BodyReading, deadline: Deadline): Readable {
  const body = openBody(raw, reading);
  deadline.onEnd((reason) => body.destroy(reason));
  // Who reads the body hears of the error; where nobody reads yet, it must not end the process.
  body.on('error', () => {});
  return body;
}

async function orDrain<T>(raw: Readable, judge: () => T): Promise<T> {
  try {
    return judge();
  } catch (refused) {
    await drainBody(raw);
    throw refused;
  }
}
