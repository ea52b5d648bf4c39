import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { Masker } from '../../src/config/masker.ts';
import { load, optionsWith, problemsIn, problemsOf, repository, writeFiles } from './load.ts';

const hashOf = (digit: string) => digit.repeat(64);
const token = (name: string, expiresAt: number | undefined) => ({ name, person: name, roles: [], expiresAt });

describe('a configuration', () => {
  test('may say everything', async () => {
    const directory = await writeFiles({
      'sluice.yaml': `
include: ["conf.d/*.yaml"]
server: { host: "::1", port: 0, url: http://sluice.example.com/, trustProxy: true }
store: postgres://sluice:\${env:TOKEN}@127.0.0.1/sluice
timezone: Europe/Berlin
plugins: [./plugins/mine.ts, "@acme/sluice-plugin"]
pluginLimits: { silence: 10s, total: 5m, memory: 64MB }
http: { proxy: "http://\${env:TOKEN}@proxy:3128", noProxy: [localhost], ca: ca.pem, concurrencyPerHost: 4 }
retention: { logs: 1d, polls: 2d, decisions: 3d, runs: 4 }
minFree: 5MB
levels: [smoke, production]
targets: { allowPrivate: false }
access:
  tokens:
    alice: { sha256: [${hashOf('a')}, ${hashOf('B')}], roles: [admin], expires: 2027-01-01 }
    ci: { sha256: [${hashOf('c')}], roles: [operator, qa], person: bob, expires: "2027-01-01T09:00:00+01:00" }
    reader: { sha256: [${hashOf('d')}] }
`,
      'conf.d/main.yaml': `
x-defaults: &defaults { first: none, x-note: ignored }
repositories:
  main:
    plugin: shelf
    config: { url: "\${env:SHELF}", token: "\${file:secrets/token}", depth: 3 }
    poll: { cron: "*/5 * * * *" }
    hook: { secret: "\${env:TOKEN}" }
    http: { clientCert: ca.pem, clientKey: secrets/token, trust: [https://cdn.example.com/files/] }
    formerly: [old]
    packages:
      web: { <<: *defaults, config: { name: web, prereleases: true }, accept: [deprecated] }
  quiet: { plugin: shelf, poll: { manual: true } }
  often: { plugin: shelf, poll: { every: 10s } }
`,
      'conf.d/pipelines.yaml': `
pipelines:
  acceptance:
    group: web
    label: "\${COUNT}-\${main_web}-\${FRONT}"
    materials: [{ package: main/web, trigger: every, as: Front }]
    timer: { cron: "0 3 * * *", onlyOnChanges: true }
    publishes: [main/web]
    lock: onFailure
    maxNewRuns: 5
    environment: { TARGET: "\${env:TOKEN}", EMPTY: "" }
    access: { view: [alice, bob], operate: [ci, "role:qa"] }
    stages:
      - name: smoke
        approval: auto
        jobs:
          install: { run: 'echo "\${env:HOME}"', timeout: 10m, secrets: [main.token], onDoubt: restart }
          tell: { webhook: { url: "https://\${env:TOKEN}.example.com/", secret: "\${env:TOKEN}" } }
`,
      'ca.pem': 'x',
      'secrets/token': 'token\n',
    });
    const config = await loadConfig(join(directory, 'sluice.yaml'), optionsWith());
    const { repositories, pipelines, hash, places, ...rest } = config;
    expect(places.get('retention')).toEqual({ file: join(directory, 'sluice.yaml'), line: 9 });
    expect(places.get('repositories/main')).toEqual({ file: join(directory, 'conf.d/main.yaml'), line: 4 });
    expect(places.has('server/host')).toBe(false);
    expect(rest).toEqual({
      warnings: [],
      file: join(directory, 'sluice.yaml'),
      directory,
      files: ['sluice.yaml', 'conf.d/main.yaml', 'conf.d/pipelines.yaml'].map((file) =>
        join(directory, file),
      ),
      include: [join(directory, 'conf.d/*.yaml')],
      server: { host: '::1', port: 0, url: 'http://sluice.example.com/', trustProxy: true },
      store: 'postgres://sluice:${env:TOKEN}@127.0.0.1/sluice',
      timezone: 'Europe/Berlin',
      plugins: [join(directory, 'plugins/mine.ts'), '@acme/sluice-plugin'],
      pluginLimits: { silenceMs: 10_000, totalMs: 300_000, memoryBytes: 67_108_864 },
      http: {
        proxy: 'http://${env:TOKEN}@proxy:3128',
        noProxy: ['localhost'],
        ca: join(directory, 'ca.pem'),
        concurrencyPerHost: 4,
      },
      retention: { logsMs: 86_400_000, pollsMs: 172_800_000, decisionsMs: 259_200_000, runs: 4 },
      minFree: 5_242_880,
      levels: ['smoke', 'production'],
      access: {
        tokens: new Map([
          [
            'alice',
            { ...token('alice', Date.UTC(2027, 0, 1)), roles: ['admin'], sha256: [hashOf('a'), hashOf('b')] },
          ],
          [
            'ci',
            {
              ...token('ci', Date.UTC(2027, 0, 1, 8)),
              person: 'bob',
              roles: ['operator', 'qa'],
              sha256: [hashOf('c')],
            },
          ],
          ['reader', { ...token('reader', undefined), sha256: [hashOf('d')] }],
        ]),
      },
      events: [],
      targets: { allowPrivate: false },
    });
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(repositories.get('main')).toEqual({
      name: 'main',
      plugin: 'shelf',
      config: { url: '${env:SHELF}', token: '${file:secrets/token}', depth: 3 },
      poll: { cron: '*/5 * * * *' },
      hookSecret: '${env:TOKEN}',
      http: {
        clientCert: join(directory, 'ca.pem'),
        clientKey: join(directory, 'secrets/token'),
        trust: ['https://cdn.example.com'],
      },
      formerly: ['old'],
      packages: new Map([
        [
          'web',
          { name: 'web', config: { name: 'web', prereleases: true }, first: 'none', accept: ['deprecated'] },
        ],
      ]),
    });
    expect(repositories.get('quiet')?.poll).toEqual({ manual: true });
    expect(repositories.get('often')?.poll).toEqual({ everyMs: 10_000 });
    expect(pipelines.get('acceptance')).toEqual({
      name: 'acceptance',
      group: 'web',
      label: '${COUNT}-${main_web}-${FRONT}',
      materials: [{ repository: 'main', package: 'web', trigger: 'every', as: 'FRONT' }],
      timer: { cron: '0 3 * * *', onlyOnChanges: true },
      publishes: ['main/web'],
      lock: 'onFailure',
      maxNewRuns: 5,
      environment: { TARGET: '${env:TOKEN}', EMPTY: '' },
      access: { view: ['alice', 'bob'], operate: ['ci', 'role:qa'], approve: undefined },
      stages: [
        {
          name: 'smoke',
          approval: { type: 'auto' },
          jobs: [
            {
              kind: 'run',
              name: 'install',
              command: 'echo "${env:HOME}"',
              timeoutMs: 600_000,
              secrets: ['main.token'],
              onDoubt: 'restart',
            },
            {
              kind: 'webhook',
              name: 'tell',
              url: 'https://${env:TOKEN}.example.com/',
              secret: '${env:TOKEN}',
              timeoutMs: 3_600_000,
              secrets: [],
              onDoubt: 'restart',
            },
          ],
        },
      ],
    });
  });

  test('may say who lets runs into stages, and which pipelines listen to which', async () => {
    const config = await load(`${repository}pipelines:
  build: { materials: [{ package: main/web }], stages: [{ name: a, jobs: { j: { run: x } } }, { name: b, jobs: { j: { run: x } } }] }
  ship:
    label: "\${build}-\${UP}"
    materials: [{ pipeline: build, trigger: manual, as: Up }]
    stages:
      - { name: one, approval: manual, jobs: { j: { run: x } } }
      - name: two
        approval: { type: manual, by: [alice, "role:qa"], expires: 7d, after: 2h, window: { cron: "0 9 * * 1-4", for: 8h }, evenAfterFailure: true }
        jobs: { j: { run: x } }
      - { name: three, approval: { type: auto, after: 1h }, jobs: { j: { run: x } } }
`);
    expect(config.pipelines.get('ship')).toMatchObject({
      materials: [{ pipeline: 'build', stage: 'b', trigger: 'manual', as: 'UP' }],
      stages: [
        { approval: { type: 'manual', by: [], required: 1, notSelf: false, evenAfterFailure: false } },
        {
          approval: {
            type: 'manual',
            by: ['alice', 'role:qa'],
            expiresMs: 604_800_000,
            afterMs: 7_200_000,
            window: { cron: '0 9 * * 1-4', forMs: 28_800_000 },
            evenAfterFailure: true,
          },
        },
        { approval: { type: 'auto', afterMs: 3_600_000 } },
      ],
    });
  });

  test('may say almost nothing', async () => {
    const config = await load(
      `${repository}pipelines: { p: { materials: [{ package: main/web }], stages: [{ name: s, jobs: { j: { run: "true" } } }] } }`,
    );
    expect(config).toMatchObject({
      server: { host: '127.0.0.1', port: 8153, url: undefined },
      store: 'sqlite:sluice.db',
      timezone: 'UTC',
      plugins: [],
      pluginLimits: { silenceMs: 120_000, totalMs: 1_800_000, memoryBytes: 536_870_912 },
      http: { proxy: undefined, noProxy: [], ca: undefined, concurrencyPerHost: 16 },
      retention: { logsMs: 2_592_000_000, pollsMs: 604_800_000, decisionsMs: 7_776_000_000, runs: 1000 },
      minFree: 1_073_741_824,
      targets: { allowPrivate: true },
    });
    expect(config.repositories.get('main')).toMatchObject({
      poll: { everyMs: 300_000 },
      formerly: [],
      hookSecret: undefined,
    });
    expect(config.repositories.get('main')?.packages.get('web')).toMatchObject({
      first: 'latest',
      accept: [],
    });
    expect(config.pipelines.get('p')).toMatchObject({
      label: '${COUNT}',
      environment: {},
      materials: [{ trigger: 'latest', as: 'MAIN_WEB' }],
    });
    expect(config.pipelines.get('p')?.stages[0]?.jobs[0]).toMatchObject({
      timeoutMs: 3_600_000,
      onDoubt: 'fail',
      secrets: [],
    });
  });

  test('may be empty', async () => {
    expect((await load('')).repositories.size).toBe(0);
    expect((await load('repositories: {}\npipelines: {}\n')).pipelines.size).toBe(0);
  });

  test('has a hash that follows its text, not where it lies', async () => {
    const [first, same, other] = await Promise.all([
      load(repository),
      load(repository),
      load(`${repository}# a comment\n`),
    ]);
    expect(same.hash).toBe(first.hash);
    expect(other.hash).not.toBe(first.hash);
  });

  test('teaches the masker every value that is filled in', async () => {
    const masker = new Masker();
    await load(repository.replace('url: https://shelf.example.com/', 'token: "${env:TOKEN}"'), { masker });
    expect(masker.mask('it is s3cret-token')).toBe('it is [secret]');
  });

  test('is not read once the signal aborted', async () => {
    await expect(load(repository, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow(
      'stopped',
    );
  });

  test('may share defaults among hundreds of packages by an anchor', async () => {
    const packages = Array.from(
      { length: 300 },
      (_, index) => `      p${index}: { <<: *defaults, config: { name: p${index} } }`,
    );
    const config = await load(`x-defaults: &defaults { first: none }\n${repository}${packages.join('\n')}\n`);
    expect(config.repositories.get('main')?.packages.size).toBe(301);
    expect(config.repositories.get('main')?.packages.get('p299')?.first).toBe('none');
  });
});

describe('a file that is no configuration', () => {
  test('is reported like any other mistake', async () => {
    expect(await problemsIn({})).toEqual(['1:1: cannot be read: it does not exist']);
    expect(await problemsOf('- a\n- b\n')).toEqual([
      '1:1: write what to watch and what to start, such as "repositories: { npmjs: { plugin: npm, ... } }"; docs/configuration.md has an example',
    ]);
    expect(await problemsOf('a: [1\nb: 2\n')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^2:1: YAML: /)]),
    );
    expect(await problemsOf('a: b: c\n')).toEqual([expect.stringMatching(/^1:\d+: YAML: /)]);
    expect(await problemsOf('a: *nowhere\n')).toEqual([
      '1:4: YAML: there is no anchor of this name before this alias',
    ]);
    expect(await problemsOf('--- {}\n--- {}\n')).toEqual([
      expect.stringMatching(/YAML: .*multiple documents/),
    ]);
    expect(await problemsOf('store: !custom x\n')).toEqual([
      expect.stringMatching(/^1:8: YAML: there is no such tag/),
    ]);
  });

  test('may not grow without bound by its aliases', async () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `x-${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(', ')}]`,
    );
    expect(await problemsOf(`x-0: &l0 [x]\n${levels.join('\n')}\n`)).toEqual([
      '1:1: YAML: more than 2000000 values once its aliases are expanded; use fewer',
    ]);
    expect(await problemsOf('x-a: &a [*a]\n')).toHaveLength(1);
  });

  test('may not hold a key twice, and says where both are', async () => {
    expect(await problemsOf(`${repository}  main: { plugin: shelf }\nminFree: 1MB\nminFree: 2MB\n`)).toEqual([
      '7:3: "main" is defined twice; the first is at 2:3',
      '9:1: "minFree" is defined twice; the first is at 8:1',
    ]);
  });
});
