import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { toJsonSchema } from '../../src/config/json-schema.ts';
import { Masker } from '../../src/config/masker.ts';
import { compileSchema } from '../../src/config/schema/validator.ts';
import { load, problemsOf, repository, shelfRules } from './load.ts';

const environment = {
  PORT: '8154',
  YES: 'true',
  MODE: 'every',
  KIND: 'manual',
  SHADE: 'dark',
  DEPTH: '3',
  WORD: 'many',
  BIG: '70000',
};

const configuration = `
server: { port: "\${env:PORT}", trustProxy: "\${env:YES}" }
access: { tokens: { alice: { sha256: ["${'a'.repeat(64)}"], roles: [admin] } } }
http: { concurrencyPerHost: "\${env:DEPTH}" }
repositories:
  main:
    plugin: shelf
    config: { depth: "\${env:DEPTH}", token: "\${env:WORD}" }
    poll: { manual: "\${env:YES}" }
    packages:
      web: { config: { name: web, shade: "\${env:SHADE}", prereleases: "\${env:YES}" } }
pipelines:
  build:
    materials: [{ package: main/web, trigger: "\${env:MODE}" }]
    maxNewRuns: "1\${env:DEPTH}"
    stages: [{ name: one, approval: "\${env:KIND}", jobs: { it: { run: 'true' } } }]
`;

describe('a reference', () => {
  it('may stand where a number, a switch or one of a few words is expected', async () => {
    const config = await load(configuration, { environment });
    expect(config.server).toMatchObject({ port: 8154, trustProxy: true });
    expect(config.http.concurrencyPerHost).toBe(3);
    const main = config.repositories.get('main');
    expect(main?.config).toEqual({ depth: 3, token: '${env:WORD}' });
    expect(main?.packages.get('web')?.config).toEqual({ name: 'web', shade: 'dark', prereleases: true });
    expect(config.pipelines.get('build')).toMatchObject({
      materials: [{ trigger: 'every' }],
      maxNewRuns: 13,
      stages: [{ approval: { type: 'manual' } }],
    });
  });

  it('is taken there by the JSON Schema too, and nothing else that does not fit', () => {
    const validate = compileSchema(toJsonSchema(shelfRules.loaded()));
    expect(validate(parse(configuration))).toEqual([]);
    expect(validate({ server: { port: 'many' } })).not.toEqual([]);
    expect(validate({ access: { tokens: { alice: { sha256: ['${env:HASH}'] } } } })).not.toEqual([]);
  });

  it.each([
    ['port: "${env:WORD}"', 'port: a whole number is expected, not what "${env:WORD}" stands for'],
    ['port: "${env:PORT}.5"', 'port: a whole number is expected, not what "${env:PORT}.5" stands for'],
    ['port: "${env:BIG}"', 'port: what "${env:BIG}" stands for must be at most 65535'],
    ['trustProxy: "${env:PORT}"', 'trustProxy: true or false is expected, not what "${env:PORT}" stands for'],
    ['port: "${env:NONE}"', '${env:NONE} is not set in the environment'],
    ['port: "8154"', 'port: a whole number is expected, not "8154"'],
  ])('%s is refused in words that do not show what it stands for', async (line, message) => {
    expect(await problemsOf(`server: { ${line} }`, { environment })).toEqual([
      expect.stringContaining(message),
    ]);
  });

  it("that stands for something else than one of a plugin's choices is refused", async () => {
    const yaml = configuration
      .replace('${env:SHADE}', '${env:WORD}')
      .replace('depth: "${env:DEPTH}"', 'depth: "${env:WORD}"');
    const problems = await problemsOf(yaml, { environment });
    expect(problems).toEqual([
      expect.stringContaining('depth: a whole number is expected, not what "${env:WORD}" stands for'),
      expect.stringContaining('shade: what "${env:WORD}" stands for is not one of dark, light'),
    ]);
  });
});

describe('what a log shows of a value from the environment', () => {
  const access = `access: { tokens: { alice: { sha256: ["${'a'.repeat(64)}"], roles: [admin] } } }`;
  const loadWith = async (yaml: string, values: Readonly<Record<string, string>>) => {
    const masker = new Masker();
    const config = await load(yaml, { environment: values, masker });
    return { config, mask: (text: string) => masker.mask(text) };
  };

  it('is where the server listens, its address, its port and its time zone', async () => {
    const values = {
      HOST: 'sluice.internal',
      PORT: '8154',
      URL: 'https://sluice.example.com/',
      ZONE: 'Europe/Berlin',
    };
    const server = 'server: { host: "${env:HOST}", port: "${env:PORT}", url: "${env:URL}" }';
    const { config, mask } = await loadWith(`${server}\ntimezone: "\${env:ZONE}"\n${access}`, values);
    expect(config).toMatchObject({
      server: { host: 'sluice.internal', url: values.URL },
      timezone: 'Europe/Berlin',
    });
    const line = 'look at http://sluice.internal:8154/, https://sluice.example.com/ in Europe/Berlin';
    expect(mask(line)).toBe(line);
  });

  it('is nothing of what stands at a place of secrets as well', async () => {
    const yaml = `server: { port: "\${env:VALUE}" }
repositories:
  main:
    plugin: shelf
    config: { token: "\${env:VALUE}" }
`;
    const { mask } = await loadWith(yaml, { VALUE: '8154' });
    expect(mask('port 8154')).toBe('port [secret]');
  });

  it.each([
    'repositories: { main: { plugin: shelf, config: { token: "${env:VALUE}" } } }',
    'repositories: { main: { plugin: shelf, hook: { secret: "${env:VALUE}" } } }',
    'store: "postgres://sluice:${env:VALUE}@localhost/sluice"',
    'http: { proxy: "http://somebody:${env:VALUE}@localhost:3128" }',
    'events: [{ slack: { url: "https://hooks.slack.com/services/${env:VALUE}" } }]',
    `${repository}pipelines: { p: { environment: { A: "\${env:VALUE}" }, materials: [{ package: main/web }], stages: [{ name: s, jobs: { j: { run: 'true' } } }] } }`,
  ])('is nothing of a secret: %s', async (yaml) => {
    const { mask } = await loadWith(yaml, { VALUE: 'a-secret-value' });
    expect(mask('it is a-secret-value')).toBe('it is [secret]');
  });
});
