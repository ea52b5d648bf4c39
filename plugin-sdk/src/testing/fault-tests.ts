import { describe, expect, it } from 'vitest';
import { toPluginError } from '../errors.ts';
import type { Bench } from './bench.ts';
import type { PluginCases } from './cases.ts';
import { documentFaults, type Fault, loginPageFault, silence, statusFaults } from './faults.ts';
import { applyAnswer, cursorOf, findProblem, type Polled, versionsOf } from './polled.ts';
import { pathOf } from './registry.ts';

/** Short, since nothing will come; what is checked is the code, not the time. */
const silenceMs = 200;
/** For a poll of every fault at every document, in milliseconds. */
const manyPollsMs = 60_000;
/** The most documents that are spoiled one at a time. */
const mostDocuments = 20;

/**
 * Tests of what a plugin makes of a registry that fails: a coded error, and never "there are no versions".
 */
export function describeFaults(cases: PluginCases, setUp: () => Promise<Bench>): void {
  describe('poll of a failing registry', () => {
    for (const fault of [...statusFaults, ...documentFaults]) {
      const reason = cases.except?.[fault.name];
      const name = `makes ${fault.codes.join(' or ')} of ${fault.name}`;
      it.skipIf(reason !== undefined)(reason === undefined ? name : `${name} (${reason})`, async () => {
        await using bench = await setUp();
        const repository = bench.open();
        const healthy = await bench.pollOne(repository);
        bench.registry.spoil(fault);
        const due = [bench.due('without cursor'), bench.due('with cursor', cursorOf(healthy, 'one'))];
        const timeoutMs = fault === silence ? silenceMs : undefined;
        const polled = await bench.poll(repository, due, { cursor: healthy.repository, timeoutMs });
        for (const { key } of due) expectProblem(polled, key, fault);
      });
    }

    it('makes UNREACHABLE of no registry at all', async () => {
      await using bench = await setUp();
      await bench.registry.server?.close();
      const polled = await bench.pollOne(bench.open());
      expectProblem(polled, 'one', { name: 'that it is gone', codes: ['UNREACHABLE'] });
    });

    it(
      'loses no version when only one of the documents fails',
      async () => {
        await using bench = await setUp();
        await bench.readRevisions();
        const paths = new Set(bench.registry.server?.requests.map(pathOf));
        for (const path of [...paths].slice(0, mostDocuments)) {
          for (const fault of [...statusFaults, loginPageFault]) {
            bench.registry.spoil(fault, path);
            const polled = await bench.pollOne(bench.open());
            if (findProblem(polled, 'one')) continue;
            expect(versionsOf(applyAnswer(polled, 'one')), `${fault.name} at ${path}`).toEqual(
              [...cases.publications].sort(),
            );
          }
        }
      },
      manyPollsMs,
    );
  });

  describe('check of a failing registry', () => {
    for (const fault of statusFaults) {
      // Some registries answer 403 for all that is not there: then only a package can tell.
      const mayPass = fault.name === '403';
      it(`makes ${fault.codes.join(' or ')} of ${fault.name}${mayPass ? ', or leaves it open' : ''}`, async () => {
        await using bench = await setUp();
        bench.registry.spoil(fault);
        const failure = await bench.findFailure((call) => bench.open().check(call));
        if (failure === undefined && mayPass) return;
        expect(failure, `check passed although the registry answered ${fault.name}`).toBeDefined();
        expect(fault.codes).toContain(toPluginError(failure).code);
      });
    }

    it('makes UNREACHABLE of no registry at all', async () => {
      await using bench = await setUp();
      await bench.registry.server?.close();
      const failure = await bench.findFailure((call) => bench.open().check(call));
      expect(toPluginError(failure).code).toBe('UNREACHABLE');
    });
  });
}

type Expected = Pick<Fault, 'codes' | 'retryAfterMs'> & { readonly name: string };

function expectProblem(polled: Polled, key: string, { name, codes, retryAfterMs }: Expected): void {
  const problem = findProblem(polled, key);
  const said = JSON.stringify(polled.answers.get(key) ?? 'nothing').slice(0, 200);
  expect(problem, `the registry's failure was ${name}, and the plugin answered ${said}`).toBeDefined();
  expect(codes, `${problem?.code}: ${problem?.message}`).toContain(problem?.code);
  if (retryAfterMs !== undefined)
    expect(problem?.retryAfterMs, 'retryAfterMs, as the error of call.http has it').toBe(retryAfterMs);
}
