import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ScriptedRegistry, startScriptedRegistry } from '../support/scripted-registry.ts';
import { openWorkplace, type Server, type Workplace } from '../support/sluice.ts';
import { pollNow, settle } from '../support/story.ts';

let registry: ScriptedRegistry;
let place: Workplace;
let server: Server;

beforeAll(async () => {
  registry = await startScriptedRegistry();
  place = await openWorkplace();
  await place.configure(`
server: { port: 0 }
levels: [test, production]
repositories:
  shop: { plugin: npm, config: { url: "${registry.url}" }, poll: { manual: true }, packages: { it: { config: { name: watched } } } }
pipelines:
  release:
    materials: [{ package: shop/it, as: IT }]
    stages:
      - { name: test, jobs: { it: { run: 'test "$GO_PACKAGE_IT_LABEL" != 1.1.0' } } }
      - { name: roll-out, level: production, approval: manual, jobs: { it: { run: 'true' } } }
`);
  server = await place.serve();
  for (const version of ['1.0.0', '1.1.0']) {
    registry.publish(version);
    await pollNow(server, 'shop');
    await settle(server);
  }
});
afterAll(async () => {
  await place?.remove();
  await registry?.close();
});

/** Runs a command against the server; answers what it printed, or throws what it said was wrong. */
async function sluice(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await place.sluice(...args, '--server', server.url);
  if (code !== 0) throw new Error(`${code}: ${stderr}`);
  return stdout.trimEnd();
}

const since = /since \d{4}-\d\d-\d\dT[\d:.]+Z/g;
const withoutTime = (text: string) =>
  text.replaceAll(since, 'since T').replaceAll(/until [\dT:.Z-]+/g, 'until T');

it('says what is at each level, since when, by what and by whom, and instead of what', async () => {
  expect(withoutTime(await sluice('where'))).toBe(
    [
      'test shop/it uncertain 1.1.0 or 1.0.0 since T by release/2/test (trigger), instead of 1.0.0',
      'production shop/it empty',
    ].join('\n'),
  );
  await sluice('approve', 'release', '1', 'roll-out', '--comment', 'looks good');
  await settle(server);
  expect(withoutTime(await sluice('where', 'shop/it', '--level', 'production'))).toBe(
    'production shop/it live 1.0.0 since T by release/1/roll-out (approval, anonymous: looks good)',
  );
  expect(await sluice('where', 'shop/other')).toBe('');
  await expect(sluice('where', '--level', 'prodution')).rejects.toThrow(/1: .*There is no level prodution/);
});

it('keeps everything that was at a level', async () => {
  expect(withoutTime(await sluice('history', 'test', 'shop/it')).split('\n')).toEqual([
    'shop/it 1.1.0 uncertain since T by release/2/test (trigger), instead of 1.0.0',
    'shop/it 1.0.0 live since T by release/1/test (trigger)',
  ]);
  const { items, next } = JSON.parse(await sluice('history', 'test', '--limit', '1', '--json'));
  expect(items).toMatchObject([{ version: '1.1.0', state: 'uncertain', insteadOf: '1.0.0', liveAt: null }]);
  expect(JSON.parse(await sluice('history', 'test', '--after', String(next), '--json')).items).toMatchObject([
    { version: '1.0.0', state: 'live', digest: expect.stringMatching(/^sha512:/) },
  ]);
});

it('tells programs the same', async () => {
  const levels = await server.get('/api/v1/levels');
  expect(levels).toEqual(JSON.parse(await sluice('where', '--json')));
  expect(levels).toMatchObject({
    items: [
      {
        name: 'test',
        places: [{ state: 'uncertain', live: { version: '1.0.0' }, entering: { counter: 2 } }],
      },
      { name: 'production', places: [{ package: 'shop/it', state: 'live', entering: null }] },
    ],
  });
});

it('is frozen and unfrozen, and says why to those who wait', async () => {
  await expect(sluice('freeze', 'production')).rejects.toThrow(/2: .*--comment/);
  const frozen = await sluice(
    'freeze',
    'production',
    'shop/it',
    '--comment',
    'holidays',
    '--until',
    '2999-01-01',
  );
  expect(withoutTime(frozen).split('\n').at(-1)).toBe(
    'production shop/it frozen since T until T by anonymous: holidays',
  );
  await expect(sluice('freeze', 'production', '--comment', 'no', '--until', 'soon')).rejects.toThrow(
    /1: .*until: "soon" is not a time/,
  );
  expect(JSON.parse(await sluice('unfreeze', 'production', 'shop/it', '--json'))).toMatchObject({
    name: 'production',
    frozen: null,
    places: [{ package: 'shop/it', frozen: null }],
  });
  await expect(sluice('unfreeze', 'production')).rejects.toThrow(/1: .*production is not frozen/);
  expect(await sluice('audit', '--action', 'freeze')).toContain('freeze production');
});

it('has what somebody records there', async () => {
  const recorded = await sluice('record', 'shop/it@1.0.0', 'test', '--comment', 'rolled back by hand');
  expect(withoutTime(recorded)).toBe(
    'test shop/it live 1.0.0 since T (record, anonymous: rolled back by hand), instead of 1.0.0',
  );
  await expect(sluice('record', 'shop/it', 'test', '--comment', 'x')).rejects.toThrow(/2: .*PACKAGE=VERSION/);
  await expect(sluice('record', 'shop/it=9.9.9', 'test', '--comment', 'x')).rejects.toThrow(
    /1: .*not in the/,
  );
});
