import { describe, expect, it } from 'vitest';
import { compileGlob } from '../src/glob.ts';

describe('a pattern', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['pad*', ['pad', 'padding', 'pad-1/2.x'], ['Pad', 'apad']],
    ['*pad', ['pad', 'launchpad'], ['pads']],
    ['p?d', ['pad', 'pöd'], ['pd', 'paad']],
    ['[pq]ad', ['pad', 'qad'], ['rad', '[pq]ad']],
    ['[a-c]x', ['ax', 'cx'], ['dx', '-x']],
    ['[!a-c]x', ['dx'], ['ax']],
    ['[^a-c]x', ['dx'], ['ax']],
    ['[]x]', [']', 'x'], ['[]x]']],
    ['[-x]', ['-', 'x'], ['y']],
    ['gcc-c[+]+', ['gcc-c++'], ['gcc-c+']],
    ['a\\*b', ['a*b'], ['axb']],
    ['open[', ['open['], ['open']],
    ['*a*b*c', ['abc', 'xaxbxc', 'aabbcc'], ['acb', 'abcd']],
    ['a.c', ['a.c'], ['abc']],
  ])('%s', (pattern, matching, others) => {
    const { matches } = compileGlob(pattern);
    expect(matching.filter((text) => !matches(text))).toEqual([]);
    expect(others.filter(matches)).toEqual([]);
  });

  it('of many stars is done before long', () => {
    expect(compileGlob(`${'a*'.repeat(60)}b`).matches('a'.repeat(5000))).toBe(false);
  });

  it('tells what every match begins with', () => {
    expect(['kernel-5*', '*', 'a?', 'x[12]', 'a\\*'].map((pattern) => compileGlob(pattern).prefix)).toEqual([
      'kernel-5',
      '',
      'a',
      'x',
      'a',
    ]);
  });
});
