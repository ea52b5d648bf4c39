import { describe, expect, it } from 'vitest';
import { type DuePackage, type PackageAnswer, PluginError, type PollAnswer } from '../../src/index.ts';
import { applyAnswer, collectPoll, findProblem, versionsOf } from '../../src/testing/polled.ts';

const due: readonly DuePackage[] = [
  { key: 'new', config: {}, cursor: undefined },
  { key: 'old', config: {}, cursor: 'c1' },
];

async function collect(answers: readonly unknown[], end?: unknown) {
  return collectPoll(due, async function* () {
    for (const answer of answers) yield answer as PollAnswer;
    if (end !== undefined) throw end;
  });
}

async function breachesOf(...answers: readonly unknown[]): Promise<readonly string[]> {
  return (await collect(answers)).breaches;
}

const fine = { key: 'old', unchanged: true };
const revisions = [{ version: '1' }, { version: '2' }];

describe('a poll that was collected', () => {
  it('has no breach where the contract was kept', async () => {
    const polled = await collect([
      { repository: { cursor: 'r1' } },
      { key: 'new', revisions, current: '2', cursor: 'c1' },
      fine,
    ]);
    expect(polled).toMatchObject({ breaches: [], repository: 'r1', thrown: undefined });
    expect([...polled.answers.keys()]).toEqual(['new', 'old']);
  });

  it.each([
    ['no answer: new', [fine]],
    ['an answer nobody asked for: other', [{ key: 'new', revisions }, fine, { key: 'other', revisions }]],
    ['a second answer: old', [{ key: 'new', revisions }, fine, fine]],
    ['new is answered with nothing that the contract knows', [{ key: 'new' }, fine]],
    ['new is answered with unchanged and revisions', [{ key: 'new', unchanged: true, revisions }, fine]],
    ['new is unchanged, and had no cursor', [{ key: 'new', unchanged: true }, fine]],
    ['new is answered with a difference, and had no cursor', [{ key: 'new', added: [], removed: [] }, fine]],
    [
      'old has added, and no list of removed',
      [
        { key: 'new', revisions },
        { key: 'old', added: [] },
      ],
    ],
    ['the problem of new is no PluginError', [{ key: 'new', problem: new Error('x') }, fine]],
    ['new has 1 twice', [{ key: 'new', revisions: [...revisions, { version: '1' }] }, fine]],
    ['new points to 3, which is none of its revisions', [{ key: 'new', revisions, current: '3' }, fine]],
    [
      'a cursor is not text of at most 4096 characters',
      [{ key: 'new', revisions, cursor: 'x'.repeat(4097) }, fine],
    ],
    [
      'a cursor is not text of at most 4096 characters',
      [{ repository: { cursor: 7 } }, { key: 'new', revisions }, fine],
    ],
  ])('says: %s', async (breach, answers) => {
    expect(await breachesOf(...answers)).toEqual([breach]);
  });

  it('makes what ended the poll the problem of whoever was not answered', async () => {
    const end = new PluginError('FORBIDDEN', 'no');
    const polled = await collect([fine], end);
    expect(findProblem(polled, 'old')).toBeUndefined();
    expect(findProblem(polled, 'new')).toBe(end);
    expect(() => applyAnswer(polled, 'new')).toThrow(end);
    expect(findProblem(await collect([], 'not an error'), 'new')).toMatchObject({ code: 'PLUGIN_FAILED' });
  });

  it.each<[PackageAnswer, readonly string[]]>([
    [{ unchanged: true }, ['1', '2']],
    [{ revisions: [{ version: '3' }] }, ['3']],
    [{ added: [{ version: '3' }], removed: ['1'] }, ['2', '3']],
  ])('leaves the versions that %j says', async (answer, versions) => {
    const polled = await collect([{ key: 'old', ...answer }]);
    expect(versionsOf(applyAnswer(polled, 'old', revisions))).toEqual(versions);
  });
});
