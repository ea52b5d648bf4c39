import { createHash, timingSafeEqual } from 'node:crypto';
import { type AccessConfig, isExpired } from '../../config/access.ts';
import type { Actor } from '../../engine/actor.ts';

/** Whom a token stands for; undefined for one that is not known or has expired. `now` in milliseconds. */
export function findActor({ tokens }: AccessConfig, token: string, now: number): Actor | undefined {
  const given = createHash('sha256').update(token).digest();
  let found: Actor | undefined;
  // Every hash is compared, and each in constant time, so that how long it takes tells nothing about any of
  // them.
  for (const known of tokens.values()) {
    for (const hash of known.sha256) {
      const isSame = timingSafeEqual(Buffer.from(hash, 'hex'), given);
      if (isSame && !isExpired(known, now))
        found = { name: known.name, person: known.person, roles: known.roles };
    }
  }
  return found;
}
