import { describe, expect, it } from 'vitest';
import { isPluginError } from '../errors.ts';
import type { Description } from '../plugin.ts';
import type { Revision } from '../revision.ts';
import type { Bench } from './bench.ts';
import { expectWithinBoundary } from './boundary-expectation.ts';
import type { PluginCases } from './cases.ts';
import { loginPageFault, statusFaults } from './faults.ts';

/** Tests of `describe`; skipped where a plugin has none. */
export function describeDescriptions(cases: PluginCases, setUp: () => Promise<Bench>): void {
  describe('describe', () => {
    it('answers for each revision, in the order given', async ({ skip }) => {
      await using bench = await setUp();
      if (!bench.open().describe) skip('this plugin has no describe');
      const revisions = await bench.readRevisions();
      for (const given of [revisions, revisions.toReversed()]) {
        const described = await describeAll(bench, given);
        expect(described.map(nameDescription)).toEqual(given.map(({ version }) => version));
        for (const one of described)
          if (isRevision(one)) expectWithinBoundary(one, { files: cases.withoutHttp !== undefined });
      }
    });

    it('says absent of a version that the registry does not have', async ({ skip }) => {
      await using bench = await setUp();
      if (!bench.open().describe) skip('this plugin has no describe');
      const revisions = await bench.readRevisions();
      await bench.registry.publish(cases.publications.length - 1);
      const described = await describeAll(bench, revisions);
      const last = cases.publications.at(-1);
      expect(described.map(nameDescription)).toEqual(
        revisions.map(({ version }) => (version === last ? 'absent' : version)),
      );
    });

    it.skipIf(cases.withoutHttp !== undefined)(
      'never says absent because the registry fails',
      async ({ skip }) => {
        await using bench = await setUp();
        if (!bench.open().describe) skip('this plugin has no describe');
        const revisions = await bench.readRevisions();
        for (const fault of [...statusFaults, loginPageFault]) {
          bench.registry.spoil(fault);
          const described = await describeAll(bench, revisions).catch((thrown: unknown) => [thrown]);
          expect(described, fault.name).not.toContain('absent');
        }
      },
    );
  });
}

function describeAll(bench: Bench, revisions: readonly Revision[]): Promise<readonly Description[]> {
  return bench.describe(bench.open(), revisions, bench.call());
}

function isRevision(description: Description): description is Revision {
  return description !== 'absent' && !isPluginError(description);
}

function nameDescription(description: Description): string {
  if (description === 'absent') return 'absent';
  return isPluginError(description) ? `${description.code}: ${description.message}` : description.version;
}
