import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { isSecret, Secret } from '../src/index.ts';

describe('a secret', () => {
  const secret = new Secret('hunter2');

  it.each<[string, () => string]>([
    ['concatenated', () => `with ${secret}`],
    ['as text', () => String(secret)],
    ['added', () => 'a'.concat(secret.toString())],
    ['in JSON', () => JSON.stringify({ secret, list: [secret] })],
    ['inspected', () => inspect({ secret }, { depth: 9, showHidden: true })],
    ['formatted', () => format('%s %o %j', secret, secret, secret)],
    ['as a key', () => Object.keys({ [String(secret)]: 1 }).join()],
    ['in an error', () => new Error(`no: ${secret}`).stack ?? ''],
  ])('reads [secret] %s', (_, show) => {
    expect(show()).not.toContain('hunter2');
    expect(show()).toMatch(/\[secret\]|^asecret$/);
  });

  it('has nothing that can be listed or copied', () => {
    expect(Reflect.ownKeys(secret)).toEqual([]);
    expect(structuredClone(secret)).toEqual({});
    expect({ ...secret }).toEqual({});
  });

  it('opens with reveal, and only there', () => {
    expect(secret.reveal()).toBe('hunter2');
  });

  it('is recognised when another copy of the package made it', async () => {
    const copy: typeof import('../src/secret.ts') = await import(`../src/secret.ts?${'another copy'}`);
    const foreign = new copy.Secret('x');
    expect(foreign).not.toBeInstanceOf(Secret);
    expect(isSecret(foreign)).toBe(true);
  });

  it.each([['[secret]'], [{ reveal: () => 'x' }], [null], [undefined]])(
    'is not recognised in %s',
    (value) => {
      expect(isSecret(value)).toBe(false);
    },
  );
});
