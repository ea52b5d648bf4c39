import fc from 'fast-check';
import type { Material, PipelineConfig, TriggerMode } from '../../../src/config/config.ts';
import { dependOn, listenTo } from '../configs.ts';
import { makeLevel } from './level.ts';

const packages = ['a', 'b'];
const modes: readonly TriggerMode[] = ['latest', 'latest', 'latest', 'latest', 'every', 'manual'];

/** What happens; numbers choose among what there is then. */
export type Step =
  | { readonly kind: 'publish'; readonly package: string; readonly below: number | undefined }
  | { readonly kind: 'pass all' }
  | { readonly kind: 'pass' | 'fail' | 'rerun'; readonly which: number }
  | { readonly kind: 'trigger'; readonly which: number; readonly pin: number | undefined };

/** A pipeline's materials as bits over packages and the pipelines before it. */
const shape = fc.record({
  packages: fc.integer({ min: 0, max: 3 }),
  pipelines: fc.integer({ min: 0, max: 31 }),
  modes: fc.array(fc.constantFrom(...modes), { minLength: 7, maxLength: 7 }),
});

/** Pipelines over packages and each other, without cycles. */
export const graph: fc.Arbitrary<readonly PipelineConfig[]> = fc
  .array(shape, { minLength: 2, maxLength: 6 })
  .map((shapes) =>
    shapes.map((one, index) => {
      const mode = (position: number): TriggerMode => one.modes[position % one.modes.length] ?? 'latest';
      const materials: Material[] = [];
      for (let before = 0; before < index; before++) {
        if (one.pipelines & (1 << before)) materials.push(dependOn(`p${before}`, mode(before)));
      }
      packages.forEach((name, position) => {
        if (one.packages & (1 << position)) materials.push(listenTo(name, mode(5 + position)));
      });
      return makeLevel(`p${index}`, ...(materials.length > 0 ? materials : [listenTo('a')]));
    }),
  );

const which = fc.nat({ max: 20 });

/** What happens, mostly publications, some of them backports, and passes, some of them together. */
export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('publish' as const),
        package: fc.constantFrom(...packages),
        below: fc.option(which, { nil: undefined, freq: 4 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass all' as const) }) },
    { weight: 10, arbitrary: fc.record({ kind: fc.constant('pass' as const), which }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('fail' as const), which }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('rerun' as const), which }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('trigger' as const),
        which,
        pin: fc.option(which, { nil: undefined }),
      }),
    },
  ),
  { minLength: 5, maxLength: 35 },
);
