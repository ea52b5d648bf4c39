import { describe, expect, it } from 'vitest';
import type { Call, OpenRepository } from '../plugin.ts';
import type { AskOptions, Bench } from './bench.ts';
import type { PluginCases } from './cases.ts';

/** A question, and whether it was answered. */
interface Question {
  readonly name: string;
  ask(bench: Bench, repository: OpenRepository, options: AskOptions): Promise<boolean>;
}

const questions: readonly Question[] = [
  {
    name: 'check',
    ask: async (bench, repository, options) =>
      (await bench.findFailure((call: Call) => repository.check(call), options)) === undefined,
  },
  {
    name: 'poll',
    async ask(bench, repository, options) {
      const { answers } = await bench.poll(repository, [bench.due('one'), bench.due('two')], options);
      return [...answers.values()].some((answer) => !('problem' in answer));
    },
  },
];

/** Tests of what a plugin does when its answer is no longer wanted. */
export function describeAbort(cases: PluginCases, setUp: () => Promise<Bench>): void {
  describe.each(questions)('$name that is aborted', ({ ask }) => {
    it('before it begins is not answered', async () => {
      await using bench = await setUp();
      expect(await ask(bench, bench.open(), { signal: AbortSignal.abort() })).toBe(false);
      expect(bench.registry.server?.requests ?? []).toEqual([]);
    });

    it.skipIf(cases.withoutHttp !== undefined)(
      'on its way is not answered, even if the registry answers then',
      async () => {
        await using bench = await setUp();
        const registry = Promise.withResolvers<void>();
        const abort = new AbortController();
        bench.registry.spoil({ spoil: (document) => ({ ...document, hold: registry.promise }) });
        const asking = ask(bench, bench.open(), { signal: abort.signal });
        await Promise.race([bench.registry.server?.received(1), asking]);
        abort.abort();
        registry.resolve();
        expect(await asking).toBe(false);
      },
    );

    it.skipIf(cases.withoutHttp !== undefined)('on its way ends, and its requests with it', async () => {
      await using bench = await setUp();
      const abort = new AbortController();
      bench.registry.spoil({ spoil: () => ({ silent: true }) });
      const asking = ask(bench, bench.open(), { signal: abort.signal });
      await Promise.race([bench.registry.server?.received(1), asking]);
      abort.abort();
      await bench.registry.server?.idle();
      expect(await asking).toBe(false);
    });
  });
}
