import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { because, listCodesWith, reasons, say } from '../../src/domain/reason.ts';

const document = readFileSync(new URL('../../../docs/decisions.md', import.meta.url), 'utf8');
const rows = [...document.matchAll(/^\| `([a-z-]+)` \| (.*) \| (.*) \|$/gm)].map(
  ([, code, means, remedy]) => ({
    code,
    means,
    remedy,
  }),
);

describe('the catalogue of reasons', () => {
  it('has a row in docs/decisions.md for each, which says what it says, in its order', () => {
    const known = Object.entries(reasons).map(([code, { means, remedy }]) => ({ code, means, remedy }));
    expect(rows).toEqual(known);
  });

  it('makes sentences of codes and facts, also of those that stand in another', () => {
    const why = because('standing', { version: '2.0.0', standing: 'deprecated' });
    expect(say(because('baseline', { package: 'npmjs/a', why }))).toBe(
      'the first look at npmjs/a is a baseline: 2.0.0 is deprecated, which accept: does not list',
    );
  });

  it('survives being stored, and a code of a newer version stands for itself', () => {
    const reason = because('locked', { run: 3, status: 'failed' });
    expect(say(JSON.parse(JSON.stringify(reason)))).toBe('the pipeline is locked by run 3 (failed)');
    expect(say({ code: 'from-the-future', facts: {} })).toBe('from-the-future');
  });

  it('is found by words of its codes and of what they mean', () => {
    expect(listCodesWith('storm')).toContain('storm');
    expect(listCodesWith('maxnewruns')).toContain('storm');
    expect(listCodesWith('no such word')).toEqual([]);
  });
});
