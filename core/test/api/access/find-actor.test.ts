import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { findActor } from '../../../src/api/access/find-actor.ts';
import type { TokenConfig } from '../../../src/config/access.ts';

const now = 1_000;
const hash = (token: string) => createHash('sha256').update(token).digest('hex');
const tokens = new Map<string, TokenConfig>(
  [
    {
      name: 'alice',
      person: 'alice',
      roles: ['admin'],
      sha256: [hash('old'), hash('new')],
      expiresAt: undefined,
    },
    { name: 'ci', person: 'bob', roles: ['operator'], sha256: [hash('ci')], expiresAt: now + 1 },
    { name: 'gone', person: 'bob', roles: ['admin'], sha256: [hash('gone')], expiresAt: now },
  ].map((token) => [token.name, token]),
);

describe('a token', () => {
  it.each(['old', 'new'])('stands for who has its hash, one of several while it is rotated: %s', (token) => {
    expect(findActor({ tokens }, token, now)).toEqual({ name: 'alice', person: 'alice', roles: ['admin'] });
  });

  it('stands for a person of another name', () => {
    expect(findActor({ tokens }, 'ci', now)).toEqual({ name: 'ci', person: 'bob', roles: ['operator'] });
  });

  it('is worth nothing once it has expired', () => {
    expect(findActor({ tokens }, 'gone', now - 1)).toBeDefined();
    expect(findActor({ tokens }, 'gone', now)).toBeUndefined();
    expect(findActor({ tokens }, 'ci', now + 1)).toBeUndefined();
  });

  it.each(['', 'Old', 'old ', hash('old'), 'ol'])('that nobody has stands for nobody: "%s"', (token) => {
    expect(findActor({ tokens }, token, now)).toBeUndefined();
  });
});
