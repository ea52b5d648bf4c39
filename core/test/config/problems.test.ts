import { describe, expect, test } from 'vitest';
import { load, problemsOf, repository } from './load.ts';

const pipeline = (more: string) =>
  `${repository}pipelines:\n  p:\n    materials: [{ package: main/web }]\n    stages: [{ name: s, jobs: { j: { run: "true" } } }]\n${more}`;
const job = (text: string) =>
  `${repository}pipelines:\n  p:\n    materials: [{ package: main/web }]\n    stages:\n    - { name: s, jobs: { j: ${text} } }\n`;

describe('five configurations with several mistakes each: all are reported at once, with line and column', () => {
  test('sections, misspelt and mistyped', async () => {
    const problems = await problemsOf(`servr: { port: 1 }
server: { host: 0.0.0.0, port: "8153", url: https://sluice.example.com }
store: mysql://root:hunter2@db/x
timezone: Mars/Olympus
pluginLimits: { silence: 2 minutes, memory: 512 }
http: { concurrencyPerHost: 0, ca: missing.pem }
retention: { runs: 1.5 }
minFree:
`);
    const why = 'without "access:" everybody who reaches the server is its admin';
    expect(problems).toEqual([
      '1:1: unknown key "servr"; did you mean "server"?',
      `2:17: ${why}: use 127.0.0.1 or ::1`,
      '2:32: port: a whole number is expected, not "8153"',
      `2:45: ${why}: the URL must lead to this machine, such as http://127.0.0.1:8153/`,
      '3:8: store: "mysql://[secret]@db/x" is not a store: sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE',
      '4:11: timezone: "Mars/Olympus" is not an IANA name such as UTC or Europe/Berlin',
      '5:26: silence: "2 minutes" is not a duration: 30s, 5m, 2h or 7d',
      '5:45: memory: a size: 512MB or 1GB is expected, not 512',
      '6:29: concurrencyPerHost: 0 must be at least 1',
      expect.stringMatching(/^6:36: "missing\.pem" cannot be read, looked for in \//),
      '7:20: runs: a whole number is expected, not 1.5',
      '8:1: minFree: is empty; fill it in or remove it',
    ]);
  });

  test('repositories and the settings of their plugins', async () => {
    const problems = await problemsOf(`repositories:
  main:
    plugin: shelf
    config: { url: "not a url", tokn: x, depth: 0 }
    poll: { every: 5m, cron: "61 * * * *" }
    http: { clientCert: sluice.yaml }
    packages:
      a: { config: { name: 1.10, shade: drak } }
      b: { config: { name: "\${env:NOPE}", prereleases: yes } }
      c:
      d: { config: { name: d, versions: "^1", shade: dark }, first: newest, accept: [yanked, yanked] }
  other: { plugin: shelves }
  "bad name": { plugin: shelf }
  third: { plugin: shelf, formerly: [main, gone] }
  fourth: { plugin: shelf, formerly: [gone] }
`);
    expect(problems).toEqual([
      '4:20: url: "not a url" is not an absolute URL without user name',
      '4:33: config: unknown key "tokn"; did you mean "token"?',
      '4:49: depth: 0 must be at least 1',
      '5:11: poll: needs exactly one of every, cron, manual',
      '5:30: cron: "61 * * * *" is not a cron expression such as "*/5 * * * *"',
      '6:11: http: clientCert and clientKey are needed together',
      '8:28: name: text is expected, not a number; quote it: "1.10"',
      '8:41: shade: "drak" is not one of dark, light; did you mean "dark"?',
      '9:28: ${env:NOPE} is not set in the environment',
      '9:56: prereleases: true or false is expected, not "yes"',
      '10:7: c: is empty; fill it in or remove it',
      '11:69: first: "newest" is not one of latest, none',
      '11:85: accept: item 2 is there twice',
      '12:20: there is no plugin "shelves"; name others under plugins:',
      '13:3: repositories: "bad name" is not a name: letters, digits, ".", "_" and "-", beginning with a letter or digit',
      '14:38: "main" is the name of a repository now; its history stays there',
      '15:39: repository "third" was formerly "gone" already; only one can take its history',
    ]);
  });

  test('pipelines, and what they refer to', async () => {
    const problems = await problemsOf(`${repository}pipelines:
  p:
    lable: x
    label: "\${COUNT}-\${foo}-\${env:TOKEN}"
    environment: { GO_X: a, N: 5, a-b: c, OK: ok }
    materials:
      - { package: main/wob }
      - { package: man/web, trigger: lates }
      - { package: main/web }
      - { package: main/web }
      - main/web
    stages:
      - name: s
        jobs:
          j: { run: "x", webhook: { url: ftp://x/ }, timeout: 5 }
          k: {}
      - { name: s, jobs: { l: { run: y, secrets: [main.url, main.nope, nope.token, plain] } } }
      - { jobs: {} }
  q: {}
`);
    expect(problems).toEqual([
      '9:5: p: unknown key "lable"; did you mean "label"?',
      '10:12: label: ${foo} is unknown; there are ${COUNT}, ${MAIN_WOB}, ${MAN_WEB}, ${MAIN_WEB}',
      '10:12: label: everybody sees a label, so ${env:TOKEN} is not filled in there; remove it',
      '11:20: "GO_X" can be set by nobody but Sluice; choose another name',
      '11:32: N: text is expected, not a number; quote it: "5"',
      '11:35: environment: "a-b" is not a name of an environment variable: letters, digits and "_"',
      '13:20: repository "main" has no package "wob" (did you mean "web"?)',
      '14:20: there is no repository "man" (did you mean "main"?)',
      '14:38: trigger: "lates" is not one of latest, every, manual; did you mean "latest"?',
      '16:20: package "main/web" is a material of this pipeline already',
      '17:9: materials[4]: a mapping such as { package: ... } is expected, not "main/web"',
      '21:14: j: needs exactly one of run, webhook, github, gitlab, jenkins, gocd, azure, buildkite',
      '21:42: url: "ftp://x/" is not an http or https URL without user name',
      '21:63: timeout: a duration: 30s, 5m, 2h or 7d is expected, not 5',
      '22:14: k: needs exactly one of run, webhook, github, gitlab, jenkins, gocd, azure, buildkite',
      '23:17: stage "s" is there twice in pipeline "p"',
      '23:51: "url" of repository "main" is no secret: jobs see it anyway; secrets here: main.token',
      '23:61: "nope" of repository "main" is none of its fields; secrets here: main.token',
      '23:72: there is no repository "nope"',
      '23:84: secrets[3]: "plain" is not a secret: REPOSITORY.FIELD',
      '24:9: stages[2]: "name" is missing',
      '24:17: jobs: needs at least 1',
      '25:6: q: "materials" is missing',
      '25:6: q: "stages" is missing',
    ]);
  });

  test('pipelines that depend on each other, and who lets runs in', async () => {
    const problems = await problemsOf(`${repository}pipelines:
  build:
    timer: { cron: "every night" }
    publishes: [main/web, main/wbe]
    lock: always
    maxNewRuns: 0
    materials: [{ package: main/web, stage: a }, { pipeline: ship }]
    stages:
      - { name: a, approval: { type: auto, by: [alice], window: { cron: "0 9 * *", for: 8h } }, jobs: { j: { run: x } } }
      - { name: b, approval: { type: manual, expires: soon }, jobs: { j: { run: x } } }
  ship:
    label: "\${build}-\${nobody}"
    materials: [{ pipeline: build, stage: bb }, { pipeline: bild }, { trigger: every }]
    stages:
      - { name: a, approval: { type: manual, after: 2h, required: 2, notSelf: true, evenAfterFailure: true }, jobs: { j: { run: x } } }
`);
    expect(problems).toEqual([
      '9:20: cron: "every night" is not a cron expression such as "*/5 * * * *"',
      '10:27: repository "main" has no package "wbe" (did you mean "web"?)',
      '11:11: lock: "always" is not one of none, onFailure, unlockWhenFinished',
      '12:17: maxNewRuns: 0 must be at least 1',
      '13:17: materials[0]: "stage" needs "pipeline" beside it',
      '15:44: "by" needs type: manual, for nobody is asked otherwise',
      '15:73: cron: "0 9 * *" is not a cron expression such as "*/5 * * * *"',
      '16:55: expires: "soon" is not a duration: 30s, 5m, 2h or 7d',
      '18:12: label: ${nobody} is unknown; there are ${COUNT}, ${BUILD}, ${BILD}',
      '19:29: this closes a cycle: build needs ship needs build',
      '19:43: pipeline "build" has no stage "bb" (did you mean "b"?)',
      '19:61: there is no pipeline "bild" (did you mean "build"?)',
      '19:69: materials[2]: needs exactly one of package, pipeline',
      '21:46: after: there is no level before the first stage to rest in',
      '21:67: required: without access: nobody can be told from another, so more than 1 would never approve',
      '21:79: notSelf: without access: nobody can be told from another, so nobody could ever approve',
      '21:85: evenAfterFailure: there is no stage before the first one',
    ]);
  });

  test('references that lead nowhere', async () => {
    const problems = await problemsOf(`server: { host: "\${env:HOST}" }
store: "sqlite:\${file:missing}"
timezone: "\${TZ}"
http: { proxy: "http://\${env:TOKEN" }
${repository}    poll: { every: "\${env:EVERY}" }
`);
    expect(problems).toEqual([
      '1:17: ${env:HOST} is not set in the environment',
      expect.stringMatching(/^2:8: \$\{file:missing} cannot be read: it does not exist/),
      '3:11: ${TZ} is neither ${env:NAME} nor ${file:PATH}; write $${TZ} for the text itself',
      '4:16: "${env:TOKEN" has no closing brace; write $${ for the text itself',
      '11:20: ${env:EVERY} is not set in the environment',
    ]);
  });
});

describe('what jobs see', () => {
  const two = (first: string, second: string) => `repositories:
  a: { plugin: shelf, packages: { b-c: { config: { name: x } }, b_c: { config: { name: x } }, b: { config: { name: x } } } }
pipelines:
  p:
    materials:
      - ${first}
      - ${second}
    stages: [{ name: s, jobs: { j: { run: "true" } } }]
`;

  test('cannot be told apart where two materials have one name', async () => {
    expect(await problemsOf(two('{ package: a/b-c }', '{ package: a/b_c }'))).toEqual([
      '7:20: "a/b_c" and "a/b-c" are both A_B_C to jobs; tell them apart with as:',
    ]);
    expect(await problemsOf(two('{ package: a/b-c }', '{ package: a/b_c, as: other }'))).toEqual([]);
  });

  test('cannot be told apart where the field of one is the name of another', async () => {
    expect(await problemsOf(two('{ package: a/b, as: A }', '{ package: a/b-c, as: A_VERSIONS }'))).toEqual(
      [],
    );
    const problems = await problemsOf(
      two('{ package: a/b, as: X }', '{ package: a/b-c, as: X_NAME }').replace('name: x', 'name: x'),
      {
        openPlugins: async () => {
          const { shelfRules } = await import('./load.ts');
          const shelf = shelfRules.loaded().get('shelf');
          if (!shelf) throw new Error('there is no shelf');
          const fields = {
            ...shelf.package,
            properties: { ...Object(shelf.package['properties']), nameLabel: { type: 'string' } },
          };
          return { ...shelfRules, loaded: () => new Map([['shelf', { ...shelf, package: fields }]]) };
        },
      },
    );
    expect(problems).toEqual([
      '7:31: GO_PACKAGE_X_NAME_LABEL would come from "a/b" and from "a/b-c"; tell them apart with as:',
    ]);
  });

  test('cannot be meant by a label that fits two materials', async () => {
    const problems = await problemsOf(
      two('{ package: a/b, as: A_B_C }', '{ package: a/b-c, as: other }').replace(
        '    materials',
        '    label: "${a_b_c}"\n    materials',
      ),
    );
    expect(problems).toEqual(['5:12: label: ${a_b_c} may be two materials; tell them apart with as:']);
  });
});

describe('a value that is filled in', () => {
  test('is checked as what it becomes, and shown as it is written', async () => {
    const yaml = repository.replace('https://shelf.example.com/', '"${env:SHELF}"');
    expect((await load(yaml)).repositories.get('main')?.config).toEqual({ url: '${env:SHELF}' });
    expect(await problemsOf(yaml, { environment: { SHELF: 's3cret but no url' } })).toEqual([
      '4:20: url: what "${env:SHELF}" stands for is not an absolute URL without user name',
    ]);
  });

  test('may be any text of Sluice itself', async () => {
    const config = await load('server: { host: "${env:H}" }\npluginLimits: { total: "${env:T}" }\n', {
      environment: { H: '::1', T: '9s' },
    });
    expect(config.server.host).toBe('::1');
    expect(config.pluginLimits.totalMs).toBe(9_000);
  });

  test('does not include commands', async () => {
    expect(await problemsOf(job('{ run: "echo ${HOME} ${env:NOPE}" }'))).toEqual([]);
  });
});

describe('a plugin', () => {
  test('has rules of its own, reported where the setting is', async () => {
    expect(
      await problemsOf(repository.replace('name: web', 'name: web, versions: "^1", shade: dark')),
    ).toEqual(['6:58: shade: cannot be combined with versions; remove one']);
  });

  test('that cannot be used is reported where it is named', async () => {
    const problems = await problemsOf(`plugins:\n  - fine\n  - ./broken.ts\n`, {
      openPlugins: async ({ plugins }) => ({
        loaded: () => new Map(),
        failed: () => [{ source: plugins[1] ?? '', message: 'broken.ts exports no plugin' }],
        validate: async () => new Map(),
      }),
    });
    expect(problems).toEqual(['3:5: broken.ts exports no plugin']);
  });

  test('host that does not start is one mistake, not one for every repository', async () => {
    const openPlugins = async () => {
      throw new Error('no process can be started');
    };
    expect(await problemsOf(repository, { openPlugins })).toEqual([
      '1:1: plugins: no process can be started',
    ]);
  });
});

test('a pipeline may be valid', async () => {
  expect(await problemsOf(pipeline('    group: g\n'))).toEqual([]);
});
