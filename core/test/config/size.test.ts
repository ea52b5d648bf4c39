import { describe, expect, test } from 'vitest';
import { formatSize, parseSize } from '../../src/config/size.ts';

describe('a size', () => {
  test.each([
    ['1B', 1],
    ['64KB', 65_536],
    ['512MB', 536_870_912],
    ['1GB', 1_073_741_824],
    ['2TB', 2_199_023_255_552],
  ])('%s is %i bytes, and reads the same again', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
    expect(formatSize(bytes)).toBe(text);
  });

  test.each(['', '5', '5 MB', '5mb', '0B', '-1KB', '1.5GB', '1M'])('"%s" is none', (text) => {
    expect(() => parseSize(text)).toThrow(`"${text}" is not a size: 512MB or 1GB`);
  });

  test('is shown with one decimal where it does not fill its unit', () => {
    expect(formatSize(1_610_612_736)).toBe('1.5GB');
    expect(formatSize(0)).toBe('0B');
  });
});
