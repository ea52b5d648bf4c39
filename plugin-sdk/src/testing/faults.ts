import type { PluginErrorCode } from '../errors.ts';
import type { RecordedRequest, ScriptedAnswer } from './faulty-server.ts';

/** What a registry can do instead of answering rightly. */
export type FaultName =
  | '401'
  | '403'
  | '404'
  | '429 with seconds to wait'
  | '429 with a date to wait for'
  | '503'
  | 'a login page with status 200'
  | 'a document cut off on its way'
  | 'half a document, then garbage'
  | 'an empty document'
  | 'silence';

/** A way in which a registry fails, and what a plugin has to make of it. */
export interface Fault {
  /** What the registry does, as the name of a test. */
  readonly name: FaultName;
  /** The codes that say it rightly. */
  readonly codes: readonly PluginErrorCode[];
  /** How long the registry asks to be left alone, in milliseconds. */
  readonly retryAfterMs?: number;
  /** What is answered in the place of a document. */
  spoil(document: ScriptedAnswer, request: RecordedRequest): ScriptedAnswer;
}

/** The time that it is in every test, so that a date in a header means the same each time. */
export const testTime = Date.UTC(2030, 0, 1);

const twoMinutesMs = 120_000;
const loginPage =
  '<!doctype html>\n<html><head><title>Sign in</title></head><body><form action="/login"></form></body></html>';

function answerStatus(status: number, headers: Readonly<Record<string, string>> = {}): Fault['spoil'] {
  return () => ({ status, headers, body: 'not today' });
}

/** Spoils what is there, and leaves alone what is not. */
function spoilBody(spoil: (body: Buffer) => ScriptedAnswer): Fault['spoil'] {
  return (document) => (document.status === 404 ? document : spoil(Buffer.from(document.body ?? '')));
}

/** Faults of status: also a plugin's `check` has to tell them apart. */
export const statusFaults: readonly Fault[] = [
  {
    name: '401',
    codes: ['UNAUTHORIZED'],
    spoil: answerStatus(401, { 'www-authenticate': 'Basic realm="registry"' }),
  },
  { name: '403', codes: ['FORBIDDEN'], spoil: answerStatus(403) },
  {
    name: '429 with seconds to wait',
    codes: ['RATE_LIMITED'],
    retryAfterMs: twoMinutesMs,
    spoil: answerStatus(429, { 'retry-after': '120' }),
  },
  {
    name: '429 with a date to wait for',
    codes: ['RATE_LIMITED'],
    retryAfterMs: twoMinutesMs,
    spoil: answerStatus(429, { 'retry-after': new Date(testTime + twoMinutesMs).toUTCString() }),
  },
  { name: '503', codes: ['UNREACHABLE'], spoil: answerStatus(503) },
];

/** An HTML page with status 200 where a document was asked for, as a proxy's login gives it. */
export const loginPageFault: Fault = {
  name: 'a login page with status 200',
  codes: ['MALFORMED'],
  spoil: spoilBody(() => ({ headers: { 'content-type': 'text/html; charset=utf-8' }, body: loginPage })),
};

/** The registry takes the request and says nothing. */
export const silence: Fault = {
  name: 'silence',
  codes: ['TIMEOUT', 'UNREACHABLE'],
  spoil: () => ({ silent: true }),
};

/** Faults that only whoever reads the documents can see. */
export const documentFaults: readonly Fault[] = [
  { name: '404', codes: ['NOT_FOUND'], spoil: answerStatus(404) },
  loginPageFault,
  {
    name: 'a document cut off on its way',
    codes: ['UNREACHABLE', 'MALFORMED'],
    spoil: spoilBody((body) => ({ body, cutAfter: body.length >> 1 })),
  },
  {
    name: 'half a document, then garbage',
    codes: ['MALFORMED'],
    spoil: spoilBody((body) => ({
      body: Buffer.concat([body.subarray(0, body.length >> 1), Buffer.from('\0<{"\xff')]),
    })),
  },
  { name: 'an empty document', codes: ['MALFORMED'], spoil: spoilBody(() => ({ body: '' })) },
  silence,
];
