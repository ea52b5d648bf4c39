import { expect, test } from 'vitest';
import { labelNames, labelVariables, renderLabel } from '../../src/config/label.ts';

test('a label names its variables, and $${ is the text itself', () => {
  expect(labelVariables('${COUNT}-$${x}-${npm-js_fastify}')).toEqual(['COUNT', 'npm-js_fastify']);
});

test('a label is filled in by names as jobs see them', () => {
  const values = new Map([
    ['COUNT', '7'],
    ['NPM_JS_FASTIFY', '5.2.1'],
  ]);
  expect(renderLabel('${COUNT}-${npm-js_fastify}-$${x}', (name) => values.get(name) ?? '')).toBe(
    '7-5.2.1-${x}',
  );
});

test('a material is known to labels by its as: and by its repository and package', () => {
  expect(labelNames({ as: 'Web', repository: 'npm-js', package: 'fast.ify' })).toEqual([
    'WEB',
    'NPM_JS_FAST_IFY',
  ]);
});
