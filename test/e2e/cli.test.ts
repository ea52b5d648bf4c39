import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openWorkplace, type Server, type Workplace } from '../support/sluice.ts';
import { pollNow, settle } from '../support/story.ts';
import { startVerdaccio, type Verdaccio } from '../support/verdaccio.ts';

const root = join(import.meta.dirname, '../..');
const programs = join(root, 'node_modules/.bin');
const bin = join(root, 'core/bin/sluice.js');

let registry: Verdaccio;
let place: Workplace;

beforeAll(async () => {
  registry = await startVerdaccio();
  place = await openWorkplace({
    REGISTRY_TOKEN: registry.token,
    PATH: [programs, process.env['PATH']].join(delimiter),
  });
  await place.configure(`
server: { port: 0 }
repositories:
  main:
    plugin: npm
    config: { url: "${registry.url}", token: "\${env:REGISTRY_TOKEN}" }
    poll: { manual: true }
    packages:
      tool: { config: { name: "@private/tool" } }
  gone: { plugin: npm, config: { url: "${registry.url}" }, poll: { manual: true }, packages: { none: { config: { name: none } } } }
pipelines:
  deliver:
    label: "\${COUNT}-\${TOOL}"
    materials: [{ package: main/tool, as: TOOL }]
    environment: { TARGET: uat }
    stages:
      - name: take
        jobs:
          take: { run: 'cd "$HOME" && sluice fetch TOOL --output "fetched-$TARGET.tgz"', secrets: [main.token] }
`);
  await registry.put('@private/tool', '1.0.0');
  await registry.put('@private/tool', '1.1.0-rc.1', { tag: 'next' });
  await registry.put('@private/tool', '1.1.0');
});
afterAll(async () => {
  await place?.remove();
  await registry?.close();
});

describe('sluice validate', () => {
  it('is exit 0 for a configuration that is good', async () => {
    expect(await place.sluice('validate')).toEqual({
      code: 0,
      stdout: 'sluice.yaml is valid: 2 repositories, 1 pipeline\n',
      stderr: '',
    });
  });

  it('is exit 1, and names every mistake with its place', async () => {
    const other = await openWorkplace();
    await other.configure(`
repositories:
  main: { plugin: nmp, packages: { it: { config: { name: it } } } }
  other: { plugin: npm, poll: { every: 5 }, packages: { it: { config: { name: it, version: "^1" } } } }
pipelines:
  build: { materials: [{ package: main/its }], stages: [{ name: one, jobs: { go: { run: 'true', timeout: soon } } }] }
`);
    const { code, stdout, stderr } = await other.sluice('validate');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const places = stderr.trimEnd().split('\n');
    for (const place of places) expect(place).toMatch(/^sluice\.yaml:\d+:\d+: .+/);
    for (const word of ['nmp', 'every', 'version', '"its"', 'timeout']) {
      expect(
        places.filter((line) => line.includes(word)),
        word,
      ).toHaveLength(1);
    }
    await other.remove();
  });
});

describe('sluice check', () => {
  it('asks a package now, and prints one JSON document', async () => {
    const { code, stdout } = await place.sluice('check', 'main/tool', '--json');
    const [first, second] = await Promise.all([describeVersion('1.0.0'), describeVersion('1.1.0')]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      repository: 'main',
      packages: [
        {
          package: 'tool',
          outcome: 'revisions',
          current: null,
          revisions: [first, second],
          refused: [],
          problem: null,
        },
      ],
    });
  });

  async function describeVersion(version: string) {
    const location = `${registry.url}@private/tool/-/tool-${version}.tgz`;
    const digests = {
      sha512: hash('sha512', await download(location)),
      sha1: hash('sha1', await download(location)),
    };
    return {
      version,
      location,
      digests,
      digest: `sha512:${digests.sha512}`,
      purl: `pkg:npm/%40private/tool@${version}`,
      publishedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      publisher: null,
      comment: null,
      trackbackUrl: null,
      standing: 'ok',
      warning: null,
      data: { INTEGRITY: expect.stringMatching(/^sha512-/) },
    };
  }

  it('is exit 1 if any package has a problem, which is in the document', async () => {
    const { code, stdout } = await place.sluice('check', 'gone', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      repository: 'gone',
      packages: [
        {
          package: 'none',
          outcome: 'problem',
          current: null,
          revisions: [],
          refused: [],
          problem: { code: 'NOT_FOUND', message: expect.stringContaining('none') },
        },
      ],
    });
  });

  it('prints for people, oldest first, and leaves no store behind', async () => {
    const { code, stdout, stderr } = await place.sluice('check', 'main');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^main\/tool: 2 revisions\n {2}1\.1\.0 {2}\d{4}-.*sha512:[0-9a-f]{128}\n$/);
    expect(existsSync(join(place.directory, 'sluice.db'))).toBe(false);
  });

  it('knows only what is configured, and says what that is', async () => {
    const { code, stdout, stderr } = await place.sluice('check', 'mian');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe('sluice: there is no repository "mian"; there are main, gone\n');
  });
});

describe('sluice compare', () => {
  it('prints the sign of two versions', async () => {
    expect(await place.sluice('compare', 'npm', '1.9.0', '1.10.0')).toEqual({
      code: 0,
      stdout: '<\n',
      stderr: '',
    });
  });

  it('reads pairs from standard input, and prints a sign a line', async () => {
    const pairs = ['1.0.0\t2.0.0', '2.0.0\t1.0.0', '1.0.0+a\t1.0.0+a', '1.0.0\t1.0.0-rc.1', '1.0.0\t1.0.0'];
    const { code, stdout } = await place.feed(`${pairs.join('\n')}\n`, 'compare', 'npm', '-');
    expect({ code, signs: stdout.split('\n') }).toEqual({ code: 0, signs: ['<', '>', '=', '>', '=', ''] });
  });
});

it('sluice schema prints a JSON Schema that accepts the first configuration, and refuses another', async () => {
  const { code, stdout } = await place.sluice('schema');
  expect(code).toBe(0);
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(stdout));
  const first: { readonly repositories: object } = parse(await readFile(join(root, 'sluice.yaml'), 'utf8'));
  expect(validate(first)).toBe(true);
  expect(
    validate({
      ...first,
      repositories: { npm: { plugin: 'npm', config: { ulr: 'https://registry.example.com/' } } },
    }),
  ).toBe(false);
});

it('sluice plugins shows what is loaded and from where', async () => {
  const { code, stdout } = await place.sluice('plugins');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^npm +\d+\.\d+\.\d+ +contract 1 +@sluice\/plugin-npm$/m);
});

describe('commands that talk to a server', () => {
  let server: Server;
  const at = (command: string, ...more: readonly string[]) =>
    place.sluice(command, ...more, '--server', server.url);

  beforeAll(async () => {
    server = await place.serve();
    await pollNow(server, 'main');
    await settle(server);
  });

  it('a job has fetched the very bytes that were published, with the secret that it lists', async () => {
    const bytes = await readFile(join(place.directory, 'fetched-uat.tgz'));
    expect(bytes.equals(await download(`${registry.url}@private/tool/-/tool-1.1.0.tgz`))).toBe(true);
    const log = await (
      await fetch(`${server.url}/api/v1/pipelines/deliver/runs/1/stages/take/jobs/take/log`)
    ).text();
    expect(log).toBe(`${join(place.directory, 'fetched-uat.tgz')}\n`);
  });

  it('status: how everything is', async () => {
    const { code, stdout, stderr } = await at('status');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^main: ok, last poll \d{4}-.*Z$/m);
    expect(stdout).toMatch(
      /^gone: never polled, no pipeline listens to it, so it is polled on request only$/m,
    );
    expect(stdout).toMatch(/^deliver: run 1 \(1-1\.1\.0\) passed$/m);
  });

  it('runs: the newest of a pipeline, as JSON too', async () => {
    const { code, stdout } = await at('runs', 'deliver');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^deliver\/1 \(1-1\.1\.0\) passed, .*: main\/tool 1\.1\.0; take passed; /);
    const asJson = await at('runs', 'deliver', '--json');
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      items: [{ counter: 1, status: 'passed' }],
      next: null,
    });
  });

  it('trigger: with a chosen version and environment', async () => {
    const options = ['--material', 'main/tool=1.0.0', '--env', 'TARGET=live', '--no-poll'];
    const { code, stdout } = await at('trigger', 'deliver', ...options);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^deliver\/2 \(2-1\.0\.0\) \w+, .*triggered by hand$/m);
    await settle(server);
    const bytes = await readFile(join(place.directory, 'fetched-live.tgz'));
    expect(bytes.equals(await download(`${registry.url}@private/tool/-/tool-1.0.0.tgz`))).toBe(true);
  });

  it.each([
    [
      'a version that nobody has seen',
      ['trigger', 'deliver', '-m', 'main/tool=9.9.9', '--no-poll'],
      /9\.9\.9.*not in the ledger/,
    ],
    ['a variable that is not declared', ['trigger', 'deliver', '-e', 'OTHER=1', '--no-poll'], /OTHER/],
    ['a pipeline that is not there', ['runs', 'nope'], /There is no pipeline nope/],
  ])('%s is refused in one line, exit 1', async (_, [command = '', ...args], message) => {
    const { code, stdout, stderr } = await at(command, ...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^sluice: .+\n$/);
    expect(stderr).toMatch(message);
  });

  it('status is exit 1 where a repository fails, and says which', async () => {
    await pollNow(server, 'gone');
    const { code, stdout, stderr } = await at('status');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^gone: failing since \d{4}-.*: NOT_FOUND: /m);
    expect(stderr).toBe('sluice: failing: gone\n');
  });

  it('where no server answers, they say so', async () => {
    const { code, stderr } = await place.sluice('status', '--server', 'http://127.0.0.1:1');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'sluice: no server answers at http://127.0.0.1:1; start one with "sluice serve", or name yours with --server\n',
    });
  });
});

describe('wrong usage', () => {
  it.each([[['serve', '--nope']], [['trigger', 'it', '-e', 'novalue']]])(
    '%j is exit 2, in one line on standard error',
    async (args) => {
      const { code, stdout, stderr } = await place.sluice(...args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^sluice: .+; ("sluice .+ --help" says how it is used|did you mean --.+\?)\n$/);
    },
  );

  it('outside a job, fetch says what is missing', async () => {
    const { code, stderr } = await place.sluice('fetch', 'TOOL');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^sluice: GO_PACKAGE_TOOL_LOCATION is not set: .*inside a job\n$/);
  });
});

describe('an older Node', () => {
  const older = findOlderNode();

  it.skipIf(older === undefined)(
    'is told in one line what is needed (skipped where the machine has none)',
    async () => {
      const { code, stdout, stderr } = await promisify(execFile)(older ?? '', [bin, 'validate']).then(
        () => ({ code: 0, stdout: '', stderr: '' }),
        (error: { code: number; stdout: string; stderr: string }) => error,
      );
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^sluice needs Node 24 or newer, this is v\d+\.[\d.]+: .+\n$/);
    },
  );
});

function findOlderNode(): string | undefined {
  const directories = ['/usr/bin', '/usr/local/bin', ...(process.env['PATH'] ?? '').split(delimiter)];
  const candidates = directories
    .map((directory) => join(directory, 'node'))
    .filter((path) => existsSync(path));
  return candidates.find(
    (path) => Number(/^v(\d+)/.exec(execFileSync(path, ['--version'], { encoding: 'utf8' }))?.[1]) < 24,
  );
}

async function download(location: string): Promise<Buffer> {
  const answer = await fetch(location, { headers: { authorization: `Bearer ${registry.token}` } });
  if (!answer.ok) throw new Error(`GET ${location}: ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

function hash(algorithm: string, bytes: Buffer): string {
  return createHash(algorithm).update(bytes).digest('hex');
}
