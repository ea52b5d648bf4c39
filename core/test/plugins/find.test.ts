import { expect, it } from 'vitest';
import { findBundled, findPlugin } from '../../src/plugins/find.ts';

it('finds every plugin that comes with Sluice, from any directory, and not the SDK', async () => {
  const bundled = await findBundled();
  expect(bundled).toContain('@sluice/plugin-npm');
  expect(bundled).not.toContain('@sluice/plugin-sdk');
  for (const name of bundled)
    expect(await findPlugin(name, '/')).toMatchObject({
      source: name,
      version: expect.stringMatching(/^\d/),
    });
});
