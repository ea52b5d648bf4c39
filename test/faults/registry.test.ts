import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ScriptedRegistry, type Spoil, startScriptedRegistry } from '../support/scripted-registry.ts';
import { slowness } from '../support/slowness.ts';
import { openWorkplace, type Server, type Workplace } from '../support/sluice.ts';
import { until } from '../support/until.ts';

const silenceMs = Math.round(3_000 * slowness);
/** More than a request waits for, so that it is left to the schedule. */
const leftAloneS = Math.round(Math.min(12 * slowness, 60));
const fullBody = (status: number, headers: Readonly<Record<string, string>> = {}): Spoil => {
  return () => ({ status, headers, body: 'not today' });
};

interface Sickness {
  /** What the registry does; `down`: nothing listens at its address. */
  readonly spoil: Spoil | 'down';
  readonly code: string;
  /** How often the fault has to be seen before it is lifted. */
  readonly failures: number;
}

const sicknesses: Readonly<Record<string, Sickness>> = {
  down: { spoil: 'down', code: 'UNREACHABLE', failures: 2 },
  hung: { spoil: () => ({ silent: true }), code: 'TIMEOUT', failures: 2 },
  limited: { spoil: fullBody(429, { 'retry-after': String(leftAloneS) }), code: 'RATE_LIMITED', failures: 1 },
  locked: { spoil: fullBody(401), code: 'UNAUTHORIZED', failures: 2 },
  broken: { spoil: fullBody(503), code: 'UNREACHABLE', failures: 2 },
  missing: { spoil: fullBody(404), code: 'NOT_FOUND', failures: 2 },
  blank: { spoil: () => ({ body: '' }), code: 'MALFORMED', failures: 2 },
  hollow: { spoil: () => ({ body: '{}' }), code: 'MALFORMED', failures: 2 },
  versionless: {
    spoil: () => ({ body: '{"name":"watched","dist-tags":{},"versions":{},"time":{}}' }),
    code: 'MALFORMED',
    failures: 2,
  },
  garbage: {
    spoil: (document) => ({
      body: Buffer.concat([
        Buffer.from(document).subarray(0, document.length >> 1),
        Buffer.from('\0<{"\xff'),
      ]),
    }),
    code: 'MALFORMED',
    failures: 2,
  },
  portal: {
    spoil: () => ({
      headers: { 'content-type': 'text/html' },
      body: '<!doctype html><title>Sign in</title>',
    }),
    code: 'MALFORMED',
    failures: 2,
  },
};
const sick = Object.keys(sicknesses);
const names = ['healthy', 'slow', ...sick];

interface RepositoryView {
  readonly status: string;
  readonly problem: { readonly code: string; readonly message: string; readonly since: string } | null;
  readonly lastPoll: string;
  readonly nextPoll: string;
}

interface PollView {
  readonly outcome: string;
  readonly startedAt: string;
  readonly finishedAt: string;
}

interface RunView {
  readonly status: string;
  readonly materials: readonly { readonly version: string }[];
}

const registries = new Map<string, ScriptedRegistry>();
let place: Workplace;
let server: Server;

beforeAll(async () => {
  for (const name of names) {
    const registry = await startScriptedRegistry();
    registry.publish('1.0.0');
    registries.set(name, registry);
  }
  place = await openWorkplace();
  await place.configure(writeConfiguration());
  server = await place.serve();
  for (const name of names) await untilRun(name, '1.0.0');
});
afterAll(async () => {
  await place?.remove();
  await Promise.all([...registries.values()].map((registry) => registry.close()));
});

function writeConfiguration(): string {
  const lines = (line: (name: string) => string) => names.map(line).join('\n');
  return `
server: { port: 0 }
pluginLimits: { silence: ${silenceMs}ms }
repositories:
${lines((name) => `  ${name}: { plugin: npm, config: { url: "${registryOf(name).url}" }, poll: { every: 1s }, packages: { it: { config: { name: watched } } } }`)}
pipelines:
${lines((name) => `  ${name}: { materials: [{ package: ${name}/it, as: IT }], stages: [{ name: note, jobs: { note: { run: 'echo $GO_PIPELINE_NAME $GO_PACKAGE_IT_LABEL >> $HOME/runs' } } }] }`)}
`;
}

function registryOf(name: string): ScriptedRegistry {
  const registry = registries.get(name);
  if (!registry) throw new Error(`no registry ${name}`);
  return registry;
}

const read = async (name: string) => (await server.get(`/api/v1/repositories/${name}`)) as RepositoryView;
const itemsOf = async <T>(path: string) =>
  ((await server.get(path)) as { readonly items: readonly T[] }).items;
const pollsOf = (name: string) => itemsOf<PollView>(`/api/v1/repositories/${name}/polls?limit=500`);
const failuresOf = async (name: string) =>
  (await pollsOf(name)).filter(({ outcome }) => outcome === 'failed');
const ledgerOf = (name: string) =>
  itemsOf<{ readonly version: string; readonly state: string }>(
    `/api/v1/repositories/${name}/packages/it/revisions`,
  );

async function untilRun(name: string, version: string): Promise<void> {
  const describeIt = () => `a run of ${name} with ${version}; the server said:\n${server.output()}`;
  await until(
    async () => {
      const runs = await itemsOf<RunView>(`/api/v1/pipelines/${name}/runs`);
      return runs.some(({ status, materials }) => status === 'passed' && materials[0]?.version === version);
    },
    { describe: describeIt },
  );
}

async function fallIll(name: string): Promise<void> {
  const { spoil } = sicknesses[name] ?? {};
  if (spoil === 'down') await registryOf(name).goDown();
  else registryOf(name).spoil(spoil);
}

async function recover(name: string): Promise<void> {
  if (sicknesses[name]?.spoil === 'down') await registryOf(name).comeUp();
  else registryOf(name).spoil();
}

const untilFailed = (name: string, times: number) =>
  until(async () => (await failuresOf(name)).length >= times, {
    describe: () => `failure ${times} of ${name}; the server said:\n${server.output()}`,
  });

describe('registries that are sick in many ways, and one that is well', () => {
  const first = new Map<string, RepositoryView>();

  it('fail each with the right code, while the one that is well and the one that is slow are polled on', async () => {
    registryOf('slow').spoil((document) => ({ body: document, hold: wait(silenceMs / 2) }));
    for (const name of sick) await fallIll(name);
    for (const name of sick) {
      await untilFailed(name, 1);
      const repository = await read(name);
      first.set(name, repository);
      expect({ name, status: repository.status, code: repository.problem?.code }).toEqual({
        name,
        status: 'failing',
        code: sicknesses[name]?.code,
      });
    }
    const [hanging] = await failuresOf('hung');
    const meanwhile = (await pollsOf('healthy')).filter(
      ({ startedAt, finishedAt }) =>
        startedAt >= (hanging?.startedAt ?? '') && finishedAt <= (hanging?.finishedAt ?? ''),
    );
    expect(meanwhile.length).toBeGreaterThan(0);
    for (const name of ['healthy', 'slow']) {
      expect(await read(name)).toMatchObject({ status: 'ok', problem: null });
      expect(await failuresOf(name)).toEqual([]);
    }
  });

  it('keep the age of their error over repeated failures, and never read as "there are no versions"', async () => {
    for (const name of sick) {
      await untilFailed(name, sicknesses[name]?.failures ?? 1);
      expect((await read(name)).problem).toEqual(first.get(name)?.problem);
      expect(await ledgerOf(name)).toMatchObject([{ version: '1.0.0', state: 'published' }]);
    }
    const page = await (await fetch(`${server.url}/repositories/locked`)).text();
    expect(page).toContain('UNAUTHORIZED');
    expect(page).toContain(`datetime="${first.get('locked')?.problem?.since}"`);
  });

  it('are left alone for as long as they ask, by people too', async () => {
    const { lastPoll, nextPoll } = await read('limited');
    expect(Date.parse(nextPoll) - Date.parse(lastPoll)).toBeGreaterThanOrEqual(leftAloneS * 1000);
    expect(await server.post('/api/v1/repositories/limited/poll', { wait: true })).toMatchObject({
      status: 429,
      body: { error: { code: 'TOO_MANY_REQUESTS', message: expect.stringContaining(nextPoll) } },
    });
  });

  it('recover by themselves, and start what was published meanwhile', async () => {
    const before = registryOf('limited').asks.length;
    for (const name of names) {
      registryOf(name).publish('1.1.0');
      await recover(name);
    }
    for (const name of names) {
      await untilRun(name, '1.1.0');
      expect(await read(name)).toMatchObject({ status: 'ok', problem: null });
      expect(await ledgerOf(name)).toMatchObject([
        { version: '1.1.0', state: 'published' },
        { version: '1.0.0', state: 'published' },
      ]);
    }
    const [refusedAt = 0, askedAgainAt = 0] = registryOf('limited').asks.slice(before - 1);
    expect(askedAgainAt - refusedAt).toBeGreaterThanOrEqual(leftAloneS * 1000);
    const lines = await place.lines('runs');
    expect(lines.toSorted()).toEqual(names.flatMap((name) => [`${name} 1.0.0`, `${name} 1.1.0`]).toSorted());
  });

  it('tell it once each: an event when they fail, an event when they recover', async () => {
    const answer = await fetch(`${server.url}/api/v1/events?after=0`);
    const seen: string[] = [];
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? []) {
      seen.push(decoder.decode(chunk, { stream: true }));
      if (sick.every((name) => seen.join('').includes(`"repository.recovered","subject":"${name}"`))) break;
    }
    const events = seen.join('').matchAll(/"type":"(repository\.\w+)","subject":"(\w+)"/g);
    const told = [...events].map(([, type, subject]) => `${subject} ${type}`);
    expect(told.toSorted()).toEqual(
      sick.flatMap((name) => [`${name} repository.failing`, `${name} repository.recovered`]).toSorted(),
    );
  });
});
