import { describe, expect, it } from 'vitest';
import { type PluginLogLine, Words } from '../../src/plugins/words.ts';

const words = new Words(
  'npm',
  (text) => text.replaceAll('hunter2', '[secret]'),
  () => {},
);

describe('what a plugin says', () => {
  it('is masked before it is cut, so that no half of a secret is left', () => {
    expect(words.show(`${'x'.repeat(4090)}hunter2${'y'.repeat(4000)}`)).toBe(`${'x'.repeat(4090)}[secr…`);
  });

  it('cannot move a cursor, begin a line of its own or turn a text around', () => {
    expect(words.show('a\u001b[2Jb\nc\u202ed\u0000')).toBe('a\\u001b[2Jb\\nc\\u202ed\\u0000');
  });

  it('is PLUGIN_FAILED where it is no problem that a contract knows', () => {
    for (const nonsense of [null, 'text', { code: 'OOPS', message: 'x' }, { code: 'TIMEOUT', message: 7 }]) {
      expect(words.showProblem(nonsense)).toMatchObject({ code: 'PLUGIN_FAILED' });
    }
  });

  it('asks to be left alone for no more than a day', () => {
    const problem = { code: 'RATE_LIMITED', message: 'later', retryAfterMs: 1e12 };
    expect(words.showProblem(problem)).toEqual({
      code: 'RATE_LIMITED',
      message: 'later',
      retryAfterMs: 86_400_000,
    });
  });

  it('names the plugin and the repository in the log', () => {
    const log: PluginLogLine[] = [];
    new Words(
      'npm',
      (text) => text,
      (line) => log.push(line),
    ).say('warn', 'careful', 'npmjs');
    expect(log).toEqual([{ plugin: 'npm', repository: 'npmjs', level: 'warn', message: 'careful' }]);
  });
});
