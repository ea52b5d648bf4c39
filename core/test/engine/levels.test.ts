import { expect, it } from 'vitest';
import { listLevels } from '../../src/engine/levels.ts';
import { dependOn, listenTo, makeConfig, makePipeline, makeStage } from './configs.ts';

const stages = [makeStage('deploy')];
const config = makeConfig([
  makePipeline('last', {
    materials: [dependOn('left'), dependOn('right')],
    stages: [makeStage('check'), makeStage('deploy')],
  }),
  makePipeline('left', { materials: [dependOn('first')], stages }),
  makePipeline('right', { materials: [dependOn('first')], stages }),
  makePipeline('first', { stages }),
  makePipeline('other', { materials: [listenTo('b')], stages }),
]);
const draw = (isShown: (pipeline: string) => boolean) =>
  listLevels(config, 'npmjs/a', isShown).map(({ pipeline, stage, after }) =>
    `${pipeline}/${stage} after ${after.join(' ')}`.trim(),
  );

it('lists the levels of a package in the order of the flow, whatever the order of the file', () => {
  expect(draw(() => true)).toEqual([
    'first/deploy after',
    'left/deploy after 0',
    'right/deploy after 0',
    'last/check after 1 2',
    'last/deploy after 3',
  ]);
});

it('leaves out what is not shown', () => {
  expect(draw((pipeline) => pipeline !== 'left')).toEqual([
    'first/deploy after',
    'right/deploy after 0',
    'last/check after 1',
    'last/deploy after 2',
  ]);
});
