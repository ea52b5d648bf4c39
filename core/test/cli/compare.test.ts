import { describe, expect, test, vi } from 'vitest';
import { patience } from '../../../test/support/until.ts';
import { makeConfig, runSluice } from './run.ts';

async function compare(args: readonly string[], stdin: readonly string[] = []) {
  const { file } = await makeConfig('');
  return runSluice(['compare', 'shelf', ...args, '-c', file], { stdin });
}

describe('sluice compare', () => {
  test.each([
    ['9', '10', '<'],
    ['10', '10', '='],
    ['10', '9', '>'],
  ])('%s %s is %s', async (a, b, sign) => {
    expect(await compare([a, b])).toEqual({ code: 0, stdout: `${sign}\n`, stderr: '' });
  });

  test('reads pairs from standard input, however they are cut', async () => {
    const lines = Array.from(
      { length: 2500 },
      (_, index) => `${index}\t${index % 2 === 0 ? 1000 : index}\n`,
    ).join('');
    const pieces = [lines.slice(0, 7), lines.slice(7, 9000), `${lines.slice(9000)}3\t2\r\n1\t2`];
    const { code, stdout } = await compare(['-'], pieces);
    const expected = Array.from({ length: 2500 }, (_, index) =>
      index % 2 === 1 || index === 1000 ? '=' : index < 1000 ? '<' : '>',
    );
    expect(stdout.trimEnd().split('\n')).toEqual([...expected, '>', '<']);
    expect(code).toBe(0);
  });

  test('answers each line before the next one comes', async () => {
    const { file } = await makeConfig('');
    const seen: string[] = [];
    async function* ask() {
      for (const line of ['1\t2\n', '2\t1\n', '2\t2\n']) {
        const before = seen.length;
        yield line;
        await vi.waitFor(() => expect(seen.length).toBe(before + 1), patience);
      }
    }
    const { stdout } = await runSluice(['compare', 'shelf', '-', '-c', file], {
      stdin: ask(),
      onOutput: (text) => seen.push(text),
    });
    expect(stdout).toBe('<\n>\n=\n');
  });

  test('says which line is not two versions', async () => {
    expect(await compare(['-'], ['1\t2\n1 2\n'])).toMatchObject({
      code: 1,
      stderr: 'sluice: line 2 of standard input is not two versions, separated by a tab\n',
    });
  });

  test('with one version is wrong usage', async () => {
    const { code, stderr } = await compare(['1']);
    expect(code).toBe(2);
    expect(stderr).toContain('name two versions');
  });

  test('of a plugin that is not there says so', async () => {
    const { code, stderr } = await runSluice(['compare', 'nope', '1', '2']);
    expect(stderr).toMatch(/^sluice: There is no plugin nope/);
    expect(code).toBe(1);
  });

  test('knows the plugins that come with Sluice without a configuration', async () => {
    expect(await runSluice(['compare', 'npm', '1.0.0-rc.1', '1.0.0'], { isBundled: true })).toEqual({
      code: 0,
      stdout: '<\n',
      stderr: '',
    });
  });
});
