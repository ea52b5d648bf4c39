import { describe, it } from 'vitest';
import type { Fields } from '../fields.ts';
import type { PackagePlugin } from '../plugin.ts';
import { describeAbort } from './abort-tests.ts';
import { setUpBench } from './bench.ts';
import type { PluginCases } from './cases.ts';
import { describeDescriptions } from './describe-tests.ts';
import { describeFaults } from './fault-tests.ts';
import { describeOrder, describeRevisionOrder } from './order-tests.ts';
import { describePoll } from './poll-tests.ts';
import { describeRequests, describeSecrets } from './secret-tests.ts';
import { describeSettings } from './settings-tests.ts';

/**
 * The whole contract of a package plugin as vitest tests: call it once at the top of a test file.
 *
 * The plugin is asked with the real HTTP client about a registry on loopback that serves the author's
 * documents, and fails in every way that registries fail.
 *
 * @example
 * testPackagePlugin(plugin, {
 *   repository: (origin) => ({ url: origin, token: 'a-secret-to-look-for' }),
 *   package: { name: 'left-pad' },
 *   publications: ['1.9.0', '1.10.0', '1.9.1'],
 *   documents: ({ versions }) => ({
 *     '/index.json': '{}', // what `check` asks for
 *     '/left-pad.json': JSON.stringify({ versions }),
 *   }),
 *   ascending: ['1.0.0-rc.1', '1.0.0', '1.9.0', '1.10.0'],
 *   wrong: [{ in: 'package', field: 'name', value: 'left pad' }],
 *   absent: { name: 'no-such-package' },
 * });
 */
export function testPackagePlugin<R extends Fields, P extends Fields>(
  plugin: PackagePlugin<R, P>,
  cases: PluginCases,
): void {
  const setUp = () => setUpBench(plugin, cases);

  describe(`package plugin ${plugin.id}`, () => {
    describeSettings(plugin, cases);
    describeOrder(plugin, cases);
    describeRevisionOrder(plugin, setUp);
    describePoll(cases, setUp);
    describeDescriptions(cases, setUp);
    describeAbort(cases, setUp);
    describeSecrets(plugin, cases, setUp);
    if (cases.withoutHttp === undefined) {
      describeRequests(setUp);
      describeFaults(cases, setUp);
    } else {
      it.skip(`is not tested against the faults of a network: ${cases.withoutHttp}`, () => {});
    }
  });
}
