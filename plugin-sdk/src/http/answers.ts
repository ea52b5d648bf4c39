import type { IncomingHttpHeaders } from 'node:http';
import { PluginError } from '../errors.ts';
import type { HttpResponse, ResponseHead, Validators } from '../http.ts';
import { type Ask, showUrl } from './ask.ts';
import { describeStatus } from './failures.ts';
import { readRetryAfter } from './retries.ts';

/** The head of an answer as it came. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The URL that answered. */
  readonly url: URL;
}

/** The head of an answer that was asked for. Throws the error for any other. */
export function acceptHead(ask: Ask, { status, headers, url }: AnswerHead, now: () => number): ResponseHead {
  const notModified = status === 304 && ask.validators !== undefined;
  if (!notModified && !(status >= 200 && status < 300) && !ask.accept.includes(status)) {
    const retryAfterMs =
      status === 429 || status >= 500 ? readRetryAfter(headers['retry-after'], now()) : undefined;
    const withheld = ask.authority !== undefined && !ask.authority.origins.has(url.origin);
    throw describeStatus({ method: ask.method, url, status, retryAfterMs, withheld });
  }
  return {
    status,
    url: url.href,
    headers: joinHeaders(headers),
    notModified,
    validators: readValidators(headers, notModified ? ask.validators : undefined),
  };
}

/** An answer with its body, whole and decoded. */
export function makeResponse(ask: Ask, head: ResponseHead, body: Buffer): HttpResponse {
  const text = () => new TextDecoder().decode(body);
  return {
    status: head.status,
    url: head.url,
    headers: head.headers,
    notModified: head.notModified,
    validators: head.validators,
    bytes: () => body,
    text,
    json: () => parseJson(ask, head, text()),
  };
}

function parseJson({ method, url }: Ask, { headers }: ResponseHead, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const isPage = /^\s*</.test(text) || /\bhtml\b/.test(headers['content-type'] ?? '');
    const what = isPage
      ? 'an HTML page, perhaps a login page, instead of JSON; check the URL, the credentials and the proxy'
      : 'what is no JSON; check that the URL is a repository of this kind';
    throw new PluginError('MALFORMED', `${method} ${showUrl(url)} answered with ${what}`);
  }
}

function joinHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) joined[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return joined;
}

/** A 304 need not repeat what it confirms (RFC 9110, section 15.4.5). */
function readValidators(
  { etag, 'last-modified': lastModified }: IncomingHttpHeaders,
  sent: Validators | undefined,
): Validators {
  if (sent && etag === undefined && lastModified === undefined) return sent;
  return { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) };
}
