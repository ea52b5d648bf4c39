import { expect, test } from 'vitest';
import { findClosest } from '../../src/config/closest.ts';

test.each([
  ['servr', 'server'],
  ['sevrer', 'server'],
  ['Label', 'label'],
  ['stagess', 'stages'],
])('who writes %s means %s', (word, meant) => {
  expect(findClosest(word, ['label', 'server', 'stages'])).toBe(meant);
});

test('who writes something else means something else', () => {
  expect(findClosest('colour', ['label', 'server', 'stages'])).toBeUndefined();
  expect(findClosest('x', [])).toBeUndefined();
});
