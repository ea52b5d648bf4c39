import { expect, it } from 'vitest';
import { showDuration } from '../../../src/api/pages/components/time.ts';

it.each([
  [-5, '0 ms'],
  [12.4, '12 ms'],
  [1_234, '1.2 s'],
  [59_600, '1 min'],
  [80_000, '1 min 20 s'],
  [3_600_000, '1 h'],
  [3_665_000, '1 h 1 min'],
  [30 * 86_400_000, '30 d'],
  [90_000_000, '1 d 1 h'],
])('a length of %d ms is said as "%s"', (ms, said) => {
  expect(showDuration(ms)).toBe(said);
});
