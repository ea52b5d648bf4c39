import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What an address for a report is good for. */
export interface CallbackClaim {
  /** The idempotency key, which belongs to one job of one run. */
  readonly key: string;
  /** In milliseconds. */
  readonly expires: number;
}

/** The address at which the result of a job can be reported, signed with HMAC-SHA256. Whoever knows it may report. */
export function writeCallback(address: string, { key, expires }: CallbackClaim, signingKey: string): string {
  const path = `/api/v1/callbacks/${encodeURIComponent(key)}`;
  const query = new URLSearchParams({ expires: String(expires), signature: sign({ key, expires }, signingKey) });
  return `${address.replace(/\/+$/, '')}${path}?${query}`;
}

/** Whether a signature is the one of this claim; in constant time. */
export function provesCallback(claim: CallbackClaim, signature: string, signingKey: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(signature), digest(sign(claim, signingKey)));
}

function sign({ key, expires }: CallbackClaim, signingKey: string): string {
  return createHmac('sha256', signingKey).update(`callback\n${key}\n${expires}`).digest('base64url');
}
