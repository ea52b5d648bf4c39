import { describe, expect, it } from 'vitest';
import type { PackagePlugin } from '../plugin.ts';
import { secretNames } from '../settings.ts';
import type { Bench } from './bench.ts';
import type { PluginCases } from './cases.ts';
import { channels, type Evidence } from './evidence.ts';
import { documentFaults, silence, statusFaults } from './faults.ts';
import type { RecordedRequest } from './faulty-server.ts';
import { startRegistry } from './registry.ts';

/** For a poll of every fault, in milliseconds. */
const manyPollsMs = 30_000;

/** Tests of where a plugin's secrets go; none for a plugin that has no secrets. */
export function describeSecrets(
  plugin: PackagePlugin,
  cases: PluginCases,
  setUp: () => Promise<Bench>,
): void {
  if ([plugin.repository, plugin.package].flatMap(secretNames).length === 0) return;
  describe('secrets', () => {
    let evidence: Promise<Evidence> | undefined;
    it.each(channels)(
      'are not in %s',
      async (channel) => {
        evidence ??= gatherEvidence(cases, setUp);
        expect((await evidence).findLeaks(channel)).toEqual([]);
      },
      manyPollsMs,
    );

    if (cases.withoutHttp !== undefined) return;

    it('prove the plugin to its registry', async () => {
      await using bench = await setUp();
      await askEverything(bench);
      const proofs = bench.registry.server?.requests.filter((request) => holdsSecret(bench, request));
      expect(
        proofs,
        'no request to the registry carries a secret: use call.http.withCredentials',
      ).not.toEqual([]);
    });

    it('do not follow a redirect to another origin', async () => {
      await using bench = await setUp();
      await using other = await startRegistry(cases);
      bench.registry.spoil({
        spoil: (_, { path }) => ({ status: 302, headers: { location: other.origin + path } }),
      });
      await askEverything(bench);
      expect(other.server?.requests.filter((request) => holdsSecret(bench, request))).toEqual([]);
    });

    it('do not follow a link to another origin', async () => {
      await using bench = await setUp();
      await using other = await startRegistry(cases);
      await bench.registry.pointTo(other.origin);
      await askEverything(bench);
      expect(other.server?.requests.filter((request) => holdsSecret(bench, request))).toEqual([]);
    });
  });
}

/** Tests that a plugin asks by no other way than the one that it was lent. */
export function describeRequests(setUp: () => Promise<Bench>): void {
  describe('requests', () => {
    it('are all made with call.http', async () => {
      await using bench = await setUp();
      await askEverything(bench);
      const others = bench.registry.server?.requests.filter((request) => !bench.isLent(request)) ?? [];
      expect(others.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
    });
  });
}

/** Everything that a plugin says while all is well, and while the registry fails. */
async function gatherEvidence(cases: PluginCases, setUp: () => Promise<Bench>): Promise<Evidence> {
  await using bench = await setUp();
  await askEverything(bench);
  if (cases.withoutHttp !== undefined) return bench.evidence;
  for (const fault of [...statusFaults, ...documentFaults.filter((fault) => fault !== silence)]) {
    bench.registry.spoil(fault);
    await askEverything(bench);
  }
  return bench.evidence;
}

async function askEverything(bench: Bench): Promise<void> {
  const repository = bench.open();
  await bench.findFailure((call) => repository.check(call));
  const { answers } = await bench.poll(repository, [bench.due('one'), bench.due('two')]);
  const answer = answers.get('one');
  if (answer && 'revisions' in answer)
    await bench.findFailure((call) => bench.describe(repository, answer.revisions, call));
}

function holdsSecret(bench: Bench, { path, headers, body }: RecordedRequest): boolean {
  return bench.evidence.holdsSecret([path, body, ...Object.values(headers)].join('\n'));
}
