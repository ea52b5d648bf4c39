import { describe, expect, test } from 'vitest';
import { makeConfig, runSluice } from './run.ts';

const repositories = `repositories:
  main: { plugin: shelf, packages: { full: { config: { name: full } }, many: { config: { name: many } }, gone: { config: { name: gone } } } }
  good: { plugin: shelf, packages: { full: { config: { name: full } }, pointer: { config: { name: pointer } } } }
  shy: { plugin: shelf, config: { state: shy }, packages: { full: { config: { name: full } } } }
  rags: { plugin: shelf, packages: { worn: { config: { name: worn } }, torn: { config: { name: torn } } } }
  bare: { plugin: shelf }
  barred: { plugin: shelf, config: { state: locked } }
  shut: { plugin: shelf, config: { state: locked, token: "\${env:TOKEN}" }, packages: { full: { config: { name: full } } } }
`;

async function check(target: string, ...options: readonly string[]) {
  const { file } = await makeConfig(repositories);
  return runSluice(['check', target, '-c', file, ...options], { environment: { TOKEN: 's3cret' } });
}

describe('sluice check --json', () => {
  test('prints every field of a revision, what is absent as null, oldest first', async () => {
    const { code, stdout, stderr } = await check('main/full', '--json');
    const { comment, ...full } = JSON.parse(stdout).packages[0].revisions[1];
    expect(full).toEqual({
      version: '10',
      digest: `sha256:${'cd'.repeat(32)}`,
      digests: { md5: 'ab'.repeat(16), sha256: 'cd'.repeat(32) },
      location: 'https://shelf.example.com/10',
      publishedAt: '2026-01-02T00:00:00.000Z',
      publisher: 'described',
      trackbackUrl: 'https://shelf.example.com/about',
      purl: 'pkg:generic/full@10',
      standing: 'deprecated',
      warning: 'mind the gap',
      data: { SHADE: 'dark' },
    });
    expect(comment).toContain('turned');
    expect(JSON.parse(stdout).packages[0].revisions[0]).toEqual({
      version: '9',
      digest: null,
      digests: {},
      location: null,
      publishedAt: null,
      publisher: 'described',
      comment: null,
      trackbackUrl: null,
      purl: null,
      standing: 'ok',
      warning: null,
      data: {},
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  });

  test('asks all packages of a repository; one problem does not hide the others, and is exit 1', async () => {
    const { code, stdout } = await check('main', '--json');
    const { repository, packages } = JSON.parse(stdout);
    expect(repository).toBe('main');
    expect(packages.map((one: { package: string; outcome: string }) => [one.package, one.outcome])).toEqual([
      ['full', 'revisions'],
      ['many', 'revisions'],
      ['gone', 'problem'],
    ]);
    expect(packages[2]).toEqual({
      package: 'gone',
      outcome: 'problem',
      current: null,
      revisions: [],
      refused: [],
      problem: { code: 'NOT_FOUND', message: 'there is no gone on the shelf' },
    });
    expect(code).toBe(1);
  });

  test('has the newest 50 described of a package that is named, and leaves out what is not really there', async () => {
    const { stdout } = await check('main/many', '--json');
    const revisions: readonly { version: string; publisher: string | null }[] =
      JSON.parse(stdout).packages[0].revisions;
    expect(revisions.map(({ version }) => Number(version))).toEqual([
      ...Array.from({ length: 58 }, (_, index) => index + 1),
      60,
    ]);
    expect(revisions.filter(({ publisher }) => publisher === 'described')).toHaveLength(49);
    expect(revisions[9]?.publisher).toBeNull();
    expect(revisions[10]?.publisher).toBe('described');
  });

  test('has only the newest described where many are asked about', async () => {
    const { stdout } = await check('main', '--json');
    const { revisions } = JSON.parse(stdout).packages[1];
    expect(revisions).toHaveLength(60);
    expect(
      revisions.filter(({ publisher }: { publisher: string | null }) => publisher !== null),
    ).toHaveLength(1);
  });

  test('names what a pointer names', async () => {
    const { stdout } = await check('good/pointer', '--json');
    expect(JSON.parse(stdout).packages[0]).toMatchObject({
      outcome: 'revisions',
      current: '2',
      revisions: { length: 3 },
    });
  });

  test('makes what is wrong with a repository the problem of its packages', async () => {
    const { code, stdout } = await check('shut', '--json');
    expect(JSON.parse(stdout).packages).toMatchObject([
      { outcome: 'problem', problem: { code: 'UNAUTHORIZED' } },
    ]);
    expect(code).toBe(1);
  });
});

describe('the verdict', () => {
  test('is that of a poll, whatever the repository itself answers', async () => {
    const { code, stdout } = await check('shy', '--json');
    expect(JSON.parse(stdout).packages).toMatchObject([
      { package: 'full', outcome: 'revisions', problem: null },
    ]);
    expect(code).toBe(0);
  });

  test('on a package is not spoilt by an older version that cannot be described', async () => {
    const { code, stdout } = await check('rags/worn', '--json');
    const [{ revisions }] = JSON.parse(stdout).packages;
    const told = revisions.map(({ version, warning }: { version: string; warning: string | null }) => [
      version,
      warning,
    ]);
    expect(told).toEqual([
      ['1', null],
      ['2', null],
      ['3', 'could not be described: FORBIDDEN: not for you'],
      ['4', null],
    ]);
    expect(code).toBe(0);
  });

  test('on a package is the problem of its newest version', async () => {
    const { code, stdout } = await check('rags/torn', '--json');
    expect(JSON.parse(stdout).packages).toMatchObject([
      { outcome: 'problem', problem: { code: 'FORBIDDEN' } },
    ]);
    expect(code).toBe(1);
  });

  test('says of a repository without packages what is known, and what is not', async () => {
    const unknown =
      'no package of it is configured, so whether packages can be read is not known: configure one, and check again';
    expect(await check('bare')).toEqual({
      code: 0,
      stdout: `bare: can be reached; ${unknown}\n`,
      stderr: '',
    });
    const problem = { code: 'UNAUTHORIZED', message: 'the shelf is locked; give a token' };
    const { code, stdout } = await check('barred', '--json');
    expect(JSON.parse(stdout)).toEqual({ repository: 'barred', packages: [], problem });
    expect(code).toBe(1);
  });
});

describe('sluice check', () => {
  test('prints for people, in lines that cannot steer the terminal', async () => {
    expect(await check('good')).toEqual({
      code: 0,
      stderr: '',
      stdout: `good/full: 2 revisions\n  10  2026-01-02T00:00:00.000Z  sha256:${'cd'.repeat(32)}  deprecated  mind the gap\ngood/pointer: 3 revisions, the pointer names 2\n  3\n`,
    });
  });

  test('tells problems on standard error, with their code', async () => {
    const { code, stderr } = await check('main');
    expect(stderr).toBe('main/gone: NOT_FOUND: there is no gone on the shelf\n');
    expect(code).toBe(1);
  });

  test('shows progress on a terminal, and takes it away before it says something', async () => {
    const { file } = await makeConfig(repositories);
    const { stderr } = await runSluice(['check', 'good', '-c', file], {
      isTerminal: true,
      environment: { TOKEN: 'x' },
    });
    expect(stderr).toContain('good: 2/2 packages');
    expect(stderr.endsWith('\r\u001b[2K')).toBe(true);
  });

  test.each([
    ['nope', 'sluice: there is no repository "nope"; there are main, good, shy, rags, bare, barred, shut\n'],
    ['main/nope', 'sluice: repository "main" has no package "nope"; it has full, many, gone\n'],
  ])('of %s says what there is', async (target, stderr) => {
    expect(await check(target)).toEqual({ code: 1, stdout: '', stderr });
  });
});
