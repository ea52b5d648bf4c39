import { describe, expect, it } from 'vitest';
import {
  contractVersion,
  definePackagePlugin,
  field,
  isPackagePlugin,
  type OpenRepository,
} from '../src/index.ts';

const repository: OpenRepository = { check: async () => {}, poll: async function* () {} };

const definition = {
  id: 'one',
  title: 'One',
  repository: { url: field.url('URL') },
  package: { name: field.text('Name') },
  compare: (a: string, b: string) => a.length - b.length,
  open: () => repository,
};

describe('a package plugin', () => {
  it('is its definition, with the contract it was written for', () => {
    const plugin = definePackagePlugin(definition);
    expect(plugin).toMatchObject({ ...definition, contract: contractVersion });
    expect(contractVersion).toBe(1);
  });

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(definePackagePlugin(definition))).toBe(true);
  });

  it('cannot claim another contract', () => {
    expect(definePackagePlugin({ ...definition, contract: 99 } as typeof definition).contract).toBe(
      contractVersion,
    );
  });

  it('is recognised, also when another copy of the package made it', async () => {
    const copy: typeof import('../src/plugin.ts') = await import(`../src/plugin.ts?${'another copy'}`);
    expect(isPackagePlugin(definePackagePlugin(definition))).toBe(true);
    expect(isPackagePlugin(copy.definePackagePlugin(definition))).toBe(true);
  });

  it.each([[definition], [null], [undefined], ['npm'], [() => definition]])(
    'is not recognised in %s',
    (value) => {
      expect(isPackagePlugin(value)).toBe(false);
    },
  );
});
