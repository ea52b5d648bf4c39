import { expect, it } from 'vitest';
import { patienceMs } from '../../../test/support/until.ts';
import { ask, repository } from './asking.ts';
import { hostFixtures, poll } from './host.ts';

const failed = (message: RegExp, code = 'PLUGIN_FAILED') => ({
  kind: 'problem',
  problem: { code, message: expect.stringMatching(message) },
});

const outcomes = {
  right: { kind: 'complete', revisions: [{ version: '1', data: { BUILD: '7' } }], refused: [], cursor: 'c' },
  nothing: failed(/no answer for this package/),
  text: failed(/no answer for this package/),
  null: failed(/no answer for this package/),
  twice: { kind: 'complete', revisions: [{ version: '1' }] },
  unknown: { kind: 'unchanged' },
  empty: failed(/neither unchanged, revisions/),
  'revisions are text': failed(/neither unchanged, revisions/),
  'a cursor too long': failed(/cursor is more than 4096 bytes/),
  'a cursor that is no text': failed(/cursor is no text/),
  'too many revisions': failed(/more than 100000 revisions/, 'TOO_LARGE'),
  'too much in all': failed(/characters in one answer/, 'TOO_LARGE'),
  'a pointer to nowhere': failed(/version that cannot be one/),
  'a problem that is none': failed(/it broke/),
  'removed that is no text': failed(/version that cannot be one/),
  difference: { kind: 'difference', added: [{ version: '2' }], removed: ['1'], cursor: 'c' },
  pointer: {
    kind: 'pointer',
    current: '2',
    revisions: [{ version: '1' }, { version: '2' }],
    cursor: undefined,
  },
  fact: { kind: 'unchanged' },
  'wrong revisions among right ones': {
    kind: 'complete',
    revisions: [{ version: '1' }, { version: '6' }],
    refused: [
      { version: '2\\u{202e}', reason: expect.stringMatching(/bidi/) },
      { version: '3', reason: expect.stringMatching(/location/) },
      { version: 'x'.repeat(255), reason: expect.stringMatching(/longer than 255/) },
      { version: '', reason: expect.stringMatching(/object/) },
      { version: '1', reason: expect.stringMatching(/given twice/) },
      { version: '4', reason: expect.stringMatching(/sha1/) },
      { version: '5', reason: expect.stringMatching(/262144 characters/) },
    ],
    cursor: 'c',
  },
} as const;

it('checks every answer at the boundary, and lets one bad package spoil nothing', async () => {
  const host = await hostFixtures(['nonsense'], {
    limits: { silenceMs: patienceMs, totalMs: patienceMs, memoryBytes: 2 ** 31 },
  });
  const asked = ask(Object.keys(outcomes), (says) => ({ says }));
  const answers = await poll(host, repository('r', 'nonsense', {}), asked);
  for (const [key, outcome] of Object.entries(outcomes)) {
    const given = answers.filter((answer) => 'key' in answer && answer.key === key);
    expect(given, key).toEqual([expect.objectContaining({ key, ...outcome })]);
  }
  expect(answers).toContainEqual({ kind: 'repository', warning: 'half of it is missing', cursor: 'etag' });
  expect(answers).toHaveLength(asked.length + 1);
  const dropped = host.log.filter(({ message }) => message.startsWith('dropped an answer'));
  expect(dropped).toHaveLength(4);
  expect(host.restarts).toEqual([]);
});

it('keeps data and digests free of a prototype on their way', async () => {
  const host = await hostFixtures(['nonsense']);
  const [answer] = await poll(
    host,
    repository('r', 'nonsense', {}),
    ask(['right'], (says) => ({ says })),
  );
  const data = answer?.kind === 'complete' ? answer.revisions[0]?.data : undefined;
  expect(data).toEqual({ BUILD: '7' });
  expect(Object.getPrototypeOf(data)).toBeNull();
});

it('refuses a comparison that gives no number, and a description of fewer revisions than were asked about', async () => {
  const { host } = await hostFixtures(['nonsense']);
  await expect(host.compare('nonsense', [['1', '2']])).rejects.toMatchObject({
    code: 'PLUGIN_FAILED',
    message: /gives a number/,
  });
  const { signal } = new AbortController();
  const described = host.describe(repository('r', 'nonsense', {}), { says: 'right' }, [{ version: '1' }], {
    signal,
  });
  await expect(described).rejects.toMatchObject({
    code: 'PLUGIN_FAILED',
    message: /one answer for each revision/,
  });
});
