import { chmod, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { compileSchema } from '../../src/config/schema/validator.ts';
import { makeConfig, runSluice, shelf } from './run.ts';

describe('sluice validate', () => {
  test('says that a configuration is valid', async () => {
    const { file } = await makeConfig('repositories: { main: { plugin: shelf, poll: { manual: true } } }\n');
    expect(await runSluice(['validate', '-c', file])).toEqual({
      code: 0,
      stdout: `${file} is valid: 1 repository, 0 pipelines\n`,
      stderr: '',
    });
  });

  test('warns of a repository that no pipeline listens to, which is not polled by itself', async () => {
    const packages = 'packages: { full: { config: { name: full } } }';
    const { file } = await makeConfig(
      `repositories: { heard: { plugin: shelf, ${packages} }, silent: { plugin: shelf, ${packages} } }
pipelines: { all: { materials: [{ package: heard/full, trigger: manual }], stages: [{ name: one, jobs: { one: { run: 'true' } } }] } }
`,
    );
    const { code, stderr } = await runSluice(['validate', '-c', file]);
    expect(stderr).toBe(
      `${file}: no pipeline listens to the repository "silent", so it is polled on request only: name a package of it under a pipeline's materials\n`,
    );
    expect(code).toBe(0);
  });

  test('warns of a store that others can read, with the line to type', async () => {
    const { directory, file } = await makeConfig('repositories: { main: { plugin: shelf } }\n');
    await writeFile(`${directory}/sluice.db`, '');
    await chmod(`${directory}/sluice.db`, 0o644);
    const { code, stderr } = await runSluice(['validate', '-c', file]);
    expect(stderr).toMatch(/others on this machine can read .*; type: chmod go= .*\/sluice\.db\n$/);
    expect(code).toBe(0);
  });

  test('prints every problem with its place, and is exit 1', async () => {
    const { file } = await makeConfig(
      'repositories:\n  main: { plugin: shelf, packages: { a: {}, b: { config: { nam: x } } } }\nservr: 1\n',
    );
    expect(await runSluice(['validate', '-c', file])).toEqual({
      code: 1,
      stdout: '',
      stderr: [
        `${file}:3:41: a: "config" is missing`,
        `${file}:3:60: config: unknown key "nam"; did you mean "name"?`,
        `${file}:4:1: unknown key "servr"; did you mean "server"?`,
        '',
      ].join('\n'),
    });
  });

  test('says where a plugin is named that cannot be loaded', async () => {
    const { directory, file } = await makeConfig('');
    const named = `${directory}/missing.ts`;
    const broken = await makeConfig(`x-a: 1\n`);
    expect(broken.file).not.toBe(file);
    await writeFile(file, `plugins:\n  - ./missing.ts\n`);
    const { code, stderr } = await runSluice(['validate', '-c', file]);
    expect(stderr).toContain(`${file}:2:5: `);
    expect(stderr).toContain(named);
    expect(code).toBe(1);
  });

  test('masks what was filled in, and escapes what could steer a terminal', async () => {
    const { file } = await makeConfig('x-\u0001: 1\n"\\u001b[31m\\u202e": 1\n');
    const { stderr } = await runSluice(['validate', '-c', file]);
    expect(stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  });
});

describe('sluice schema', () => {
  test('prints the JSON Schema of sluice.yaml with the fields of the plugins that are loaded', async () => {
    const { file } = await makeConfig('');
    const { code, stdout } = await runSluice(['schema', '-c', file]);
    const validate = compileSchema(JSON.parse(stdout));
    expect(code).toBe(0);
    expect(validate({ repositories: { main: { plugin: 'shelf', config: { state: 'open' } } } })).toEqual([]);
    expect(validate({ repositories: { main: { plugin: 'shelf', config: { state: 'ajar' } } } })).not.toEqual(
      [],
    );
  });

  test('needs no configuration', async () => {
    const { stdout } = await runSluice(['schema'], { isBundled: true });
    expect(
      compileSchema(JSON.parse(stdout))({
        repositories: { main: { plugin: 'npm', packages: { p: { config: { name: 'fastify' } } } } },
      }),
    ).toEqual([]);
  });
});

test('sluice plugins shows what is loaded and from where', async () => {
  const { file } = await makeConfig('');
  const { code, stdout } = await runSluice(['plugins', '-c', file], { isBundled: true });
  expect(stdout).toMatch(/^npm {4}\d+\.\d+\.\d+ {2,}contract 1 {2}@sluice\/plugin-npm$/m);
  expect(stdout).toMatch(
    new RegExp(`^shelf {2}[0-9a-f]{12} {2}contract 1 {2}${shelf.replaceAll('.', '\\.')}$`, 'm'),
  );
  expect(code).toBe(0);
});

describe('sluice validate --json', () => {
  test('has every problem with its place, and what is hardly meant', async () => {
    const { file } = await makeConfig('servr: 1\n');
    const broken = await runSluice(['validate', '-c', file, '--json']);
    expect(broken).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(broken.stdout)).toEqual({
      ok: false,
      problems: [
        {
          file,
          line: 2,
          column: 1,
          message: 'unknown key "servr"; did you mean "server"?',
          code: 'CONFIG_INVALID',
        },
      ],
      warnings: [],
    });
    const { file: doubtful } = await makeConfig('include: ["none/*.yaml"]\n');
    const valid = await runSluice(['validate', '-c', doubtful, '--json']);
    expect(valid).toMatchObject({ code: 0, stderr: '' });
    const warning = {
      file: doubtful,
      line: 2,
      column: 11,
      message: '"none/*.yaml" matches no file',
      code: 'CONFIG_DOUBTFUL',
    };
    expect(JSON.parse(valid.stdout)).toEqual({ ok: true, problems: [], warnings: [warning] });
  });
});

describe('usage', () => {
  test.each([
    ['an unknown command', ['nope'], /unknown command 'nope'/],
    ['an unknown option', ['validate', '--nope'], /unknown option '--nope'/],
    ['a missing argument', ['check'], /missing required argument/],
    ['no command at all', [], /Usage: sluice/],
    [
      'help of an unknown command',
      ['nosuch', '--help'],
      /^sluice: unknown command 'nosuch'; "sluice --help" says how it is used\n$/,
    ],
    [
      'help of a command that is nearly one',
      ['help', 'statu'],
      /^sluice: unknown command 'statu'; did you mean "status"\?\n$/,
    ],
    [
      'help of an unknown command below another',
      ['events', 'nosuch', '--help'],
      /^sluice: unknown command 'nosuch'; "sluice events --help" /,
    ],
    [
      'a server without URL',
      ['status', '--server', 'foo'],
      /^sluice: .*'foo' is invalid.*http:\/\/127\.0\.0\.1:8153.*\n$/,
    ],
    ['a server with a token in it', ['status', '--server', 'http://a:b@127.0.0.1'], /SLUICE_TOKEN/],
    ['a limit that is none', ['runs', 'p', '--limit', 'many'], /whole number from 1 to 500/],
    [
      'a time that is none',
      ['audit', '--since', 'yesterday'],
      /neither a time \(2026-11-28, .*\) nor a duration: 30s, 5m/,
    ],
    ['a place that is none', ['events', 'follow', '--after', 'x'], /whole number/],
    [
      'a duration that is none',
      ['backtest', '--since', 'long'],
      /"long" is not a duration: 30s, 5m, 2h or 7d/,
    ],
    [
      'a decision that is none',
      ['decisions', '--outcome', 'so'],
      /Allowed choices are started, superseded, waits, held, refused/,
    ],
  ])('%s is exit 2 and said on standard error', async (_, args, message) => {
    const { code, stdout, stderr } = await runSluice(args);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('help that was asked for is exit 0, on standard output', async () => {
    const { code, stdout, stderr } = await runSluice(['--help']);
    expect(stdout).toMatch(/validate \[options\]/);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('defaults are in words', async () => {
    expect((await runSluice(['backtest', '--help'])).stdout).toContain('(default: 90d)');
    expect((await runSluice(['trigger', '--help'])).stdout).not.toContain('{}');
  });

  test('a server in the environment that is no URL is said with its variable', async () => {
    expect(await runSluice(['status'], { environment: { SLUICE_SERVER: 'foo' } })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^sluice: SLUICE_SERVER is no address of a server: "foo"; write one such as .*\n$/,
      ),
    });
  });

  test('a configuration that is not there is said with its name', async () => {
    expect(await runSluice(['validate', '-c', '/nonexistent/sluice.yaml'])).toEqual({
      code: 1,
      stdout: '',
      stderr: '/nonexistent/sluice.yaml:1:1: cannot be read: it does not exist\n',
    });
  });
});
