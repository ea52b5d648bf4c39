import { type KeyObject, sign, verify } from 'node:crypto';
import type { CallbackKey } from '../../store/callback-keys.ts';

/** What an address for a report is good for. */
export interface CallbackClaim {
  /** The idempotency key, which belongs to one job of one run. */
  readonly key: string;
  /** In milliseconds. */
  readonly expires: number;
}

/**
 * The address at which the result of a job can be reported, signed by this node (Ed25519). Whoever knows it
 * may report.
 */
export function writeCallback(address: string, claim: CallbackClaim, by: CallbackKey): string {
  const path = `/api/v1/callbacks/${encodeURIComponent(claim.key)}`;
  const signature = sign(null, toBytes(claim), by.secret).toString('base64url');
  const query = new URLSearchParams({ expires: String(claim.expires), by: by.id, signature });
  return `${address.replace(/\/+$/, '')}${path}?${query}`;
}

/** Whether a signature is one of this claim, by the node that a public key belongs to. */
export function provesCallback(claim: CallbackClaim, signature: string, by: KeyObject): boolean {
  return verify(null, toBytes(claim), by, Buffer.from(signature, 'base64url'));
}

function toBytes({ key, expires }: CallbackClaim): Buffer {
  return Buffer.from(`callback\n${key}\n${expires}`);
}
