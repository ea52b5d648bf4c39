import { describe, expect, it } from 'vitest';
import { keepVisibleMeasures, maySeeEvent } from '../../../src/api/access/visible.ts';
import type { RecordedEvent } from '../../../src/store/events.ts';
import { makeConfig, makePipeline } from '../../engine/configs.ts';

const hidden = { view: ['alice'], operate: undefined, approve: undefined };
const config = makeConfig([makePipeline('open'), makePipeline('hidden', { access: hidden })]);
const viewer = { name: 'ci', person: 'ci', roles: ['viewer'] };
const alice = { name: 'alice', person: 'alice', roles: [] };
const admin = { name: 'root', person: 'root', roles: ['admin'] };

describe('measures', () => {
  const text = [
    '# HELP sluice_runs_total Runs by pipeline="hidden" and status',
    'sluice_runs_total{pipeline="open",status="passed"} 1',
    'sluice_runs_total{pipeline="hidden",status="passed"} 2',
    'sluice_runs_total{status="a#\\"b",pipeline="hidden"} 2',
    'sluice_runs_total{pipeline="removed",status="passed"} 3',
    'sluice_other{note="x,pipeline=\\"hidden\\""} 4',
    'sluice_queue_depth{queue="polls"} 5',
    '',
  ];

  it('have no series of pipelines that somebody may not see', () => {
    expect(keepVisibleMeasures(text.join('\n'), viewer, config).split('\n')).toEqual([
      text[0],
      text[1],
      text[5],
      text[6],
      '',
    ]);
    expect(keepVisibleMeasures(text.join('\n'), admin, config)).toBe(text.join('\n'));
  });
});

describe('an event', () => {
  const event = (type: string, subject: string, data = {}) =>
    ({ id: 1, at: 1, type, subject, data }) as RecordedEvent;

  it.each([
    ['pipelinerun.started', 'open/1', { pipeline: 'open' }, ['viewer', 'admin']],
    ['pipelinerun.started', 'hidden/1', { pipeline: 'hidden' }, ['alice', 'admin']],
    ['something.new', 'hidden/1/stage', {}, ['alice', 'admin']],
    ['something.new', 'unheard-of', {}, ['admin']],
    ['taskrun.finished', 'removed/1/stage/job', { pipeline: 'removed' }, ['admin']],
    ['artifact.published', 'npmjs/a', {}, ['viewer', 'admin']],
    ['repository.failing', 'npmjs', {}, ['viewer', 'admin']],
    ['configuration.refused', 'hash', { problems: ['hidden: ...'] }, ['admin']],
  ])('%s of %s is told to those who may see what it is about', (type, subject, data, expected) => {
    const readers = Object.entries({ viewer, alice, admin });
    const told = readers.filter(([, reader]) => maySeeEvent(reader, config, event(type, subject, data)));
    expect(told.map(([name]) => name)).toEqual(expected);
  });
});
