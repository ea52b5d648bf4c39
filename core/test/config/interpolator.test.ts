import { describe, expect, test } from 'vitest';
import { Interpolator } from '../../src/config/interpolator.ts';
import { Masker } from '../../src/config/masker.ts';
import { writeFiles } from './load.ts';

async function create(
  files: Readonly<Record<string, string>> = {},
  masker = new Masker(),
): Promise<Interpolator> {
  return new Interpolator({
    directory: await writeFiles(files),
    environment: { NAME: 'value', EMPTY: '' },
    masker,
  });
}

describe('an interpolator', () => {
  test.each([
    ['plain', 'plain'],
    ['${env:NAME}', 'value'],
    ['<${env:NAME}|${env:EMPTY}|${env:NAME}>', '<value||value>'],
    ['$${env:NAME}', '${env:NAME}'],
    ['$NAME $5 {env:NAME}', '$NAME $5 {env:NAME}'],
  ])('makes %s into %s', async (template, resolved) => {
    expect((await create()).resolve(template)).toBe(resolved);
  });

  test('reads files beside the configuration, without the line ends at their end', async () => {
    const interpolator = await create({ 'secrets/token': 'first\nsecond\r\n\n' });
    expect(interpolator.resolve('${file:secrets/token}')).toBe('first\nsecond');
  });

  test.each([
    ['${env:MISSING}', '${env:MISSING} is not set in the environment'],
    ['${file:missing}', '${file:missing} cannot be read: it does not exist'],
    ['${NAME}', '${NAME} is neither ${env:NAME} nor ${file:PATH}; write $${NAME} for the text itself'],
    ['a ${env:NAME', '"${env:NAME" has no closing brace; write $${ for the text itself'],
  ])('refuses %s', async (template, message) => {
    const interpolator = await create();
    expect(() => interpolator.resolve(template)).toThrow(message);
  });

  test('refuses a file that is too large for a secret', async () => {
    const interpolator = await create({ large: 'x'.repeat(65_537) });
    expect(() => interpolator.resolve('${file:large}')).toThrow(
      '${file:large} cannot be read: it is larger than 64 KB',
    );
  });

  test('tells the masker every value that it fills in', async () => {
    const masker = new Masker();
    const interpolator = await create({ token: 'from-a-file\n' }, masker);
    interpolator.resolve('${env:NAME} ${file:token}');
    expect(masker.mask('value from-a-file other')).toBe('[secret] [secret] other');
  });
});
