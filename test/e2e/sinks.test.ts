import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventReceiver, startEventReceiver } from '../support/event-receiver.ts';
import { type ScriptedRegistry, startScriptedRegistry } from '../support/scripted-registry.ts';
import { openWorkplace, type Server, type Workplace } from '../support/sluice.ts';
import { pollNow, settle } from '../support/story.ts';
import { until } from '../support/until.ts';

const secrets = [
  'whsec_c2VjcmV0LXRoYXQtc3RhbmRzLWhlcmU=',
  's3cret-header',
  'X0s3cretPath',
  'p4ssw0rd-of-mail',
];
const [signing, header, path, password] = secrets;

let registry: ScriptedRegistry;
let receiver: EventReceiver;
let refusing: EventReceiver;
let place: Workplace;
let server: Server;

beforeAll(async () => {
  registry = await startScriptedRegistry();
  [receiver, refusing] = [await startEventReceiver(), await startEventReceiver()];
  refusing.status = () => 400;
  place = await openWorkplace({ TEAM: 'a-reference' });
  await place.configure(describeConfig());
  server = await place.serve();
  registry.publish('0.9.0');
  await pollNow(server, 'shop');
  registry.publish('1.0.0');
  await pollNow(server, 'shop');
  await settle(server);
});
afterAll(async () => {
  await place?.remove();
  await Promise.all([registry, receiver, refusing].map((one) => one?.close()));
});

function describeConfig(more = ''): string {
  return `
server: { port: 0 }
events:
  - name: audit
    http: { url: "${receiver.url}", secret: "${signing}", headers: { X-Key: ${header} } }
  - name: strict
    http: { url: "${refusing.url}" }
    only: ["artifact.published"]
  - slack: { url: "http://127.0.0.1:1/${path}" }
    only: ["artifact.*"]
  - email: { server: "smtp://user:${password}@127.0.0.1:1", from: a@example.com, to: [b@example.com] }
    only: ["artifact.*"]
${more}
repositories:
  shop: { plugin: npm, config: { url: "${registry.url}" }, poll: { manual: true }, packages: { it: { config: { name: watched }, first: none } } }
pipelines:
  build:
    materials: [{ package: shop/it, trigger: every }]
    stages: [{ name: make, jobs: { print: { run: 'true' } } }]
`;
}

const idle = (name: string) =>
  until(async () => {
    const { items } = (await server.get('/api/v1/events/sinks')) as {
      items: readonly { name: string; lag: number }[];
    };
    return items.some((sink) => sink.name === name && sink.lag === 0);
  });

describe('a server with sinks', () => {
  it('tells them what happens, with the purl of what was published', async () => {
    await idle('audit');
    const ofArtifact = receiver.taken.find(({ type }) => type === 'dev.cdevents.artifact.published.0.3.0');
    expect(ofArtifact).toMatchObject({
      subject: 'pkg:npm/watched@1.0.0',
      data: {
        customData: {
          package: 'shop/it',
          version: '1.0.0',
          purl: 'pkg:npm/watched@1.0.0',
          location: expect.stringMatching(/^http/),
        },
      },
    });
    const types = receiver.taken
      .filter(({ subject }) => subject.startsWith('build/1'))
      .map(({ type }) => type);
    expect(types).toEqual([
      'dev.cdevents.pipelinerun.queued.0.3.0',
      'dev.sluice.stage.started',
      'dev.cdevents.pipelinerun.started.0.3.0',
      'dev.cdevents.taskrun.started.0.3.0',
      'dev.cdevents.taskrun.finished.0.3.0',
      'dev.sluice.stage.finished',
      'dev.cdevents.pipelinerun.finished.0.3.0',
    ]);
  });

  it('says how they are, in the API, on the command line and in the measures', async () => {
    await idle('strict');
    await until(
      async () =>
        JSON.stringify(await server.get('/api/v1/events/sinks')).match(/"failing":\{/g)?.length === 2,
    );
    expect(await server.get('/api/v1/events/sinks')).toMatchObject({
      items: [
        { name: 'audit', kind: 'http', lag: 0, failing: null, deadLetters: 0 },
        { name: 'email-1', kind: 'email', failing: { error: expect.stringContaining('ECONNREFUSED') } },
        { name: 'slack-1', kind: 'slack', failing: { error: expect.stringContaining('ECONNREFUSED') } },
        { name: 'strict', kind: 'http', lag: 0, failing: null, deadLetters: 1 },
      ],
    });
    const { code, stdout } = await place.sluice('events', 'sinks', '--server', server.url);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^audit \(http\): ok; at event \d+, 0 to go$/m);
    expect(stdout).toMatch(/^strict \(http\): ok; at event \d+, 0 to go, 1 dead letters$/m);
    expect(stdout).toMatch(/^slack-1 \(slack\): failing since \S+: no answer: .*ECONNREFUSED/m);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(/^sluice_event_deliveries_total\{sink="audit",outcome="delivered"\} [1-9]/m);
    expect(metrics).toContain('sluice_event_deliveries_total{sink="strict",outcome="dead"} 1');
    expect(metrics).toContain('sluice_event_lag{sink="audit"} 0');
    expect(metrics).toMatch(/^sluice_event_lag\{sink="slack-1"\} 1$/m);
  });

  it('shows what they did not get, and tells it again when it is asked to', async () => {
    const page = (await server.get('/api/v1/events/dead-letters?sink=strict')) as {
      items: readonly unknown[];
      next: null;
    };
    expect(page).toMatchObject({
      items: [{ sink: 'strict', tries: 1, error: 'answered 400', event: { subject: 'shop/it' } }],
      next: null,
    });
    const dead = await place.sluice('events', 'dead', '--server', server.url);
    expect(dead.stdout).toMatch(
      /^strict: event \d+ artifact\.published shop\/it, 1 tries until \S+: answered 400$/m,
    );
    refusing.status = () => 204;
    const replayed = await place.sluice(
      'events',
      'replay',
      '--dead',
      '--sink',
      'strict',
      '--server',
      server.url,
    );
    expect(replayed.stdout).toMatch(/^strict goes on after event \d+, with 1 dead letters again$/m);
    await until(() => refusing.taken.length === 1);
    await idle('strict');
    expect(await server.get('/api/v1/events/dead-letters')).toEqual({ items: [], next: null });
  });

  it('tells again from an event or a time on, under the same ids', async () => {
    const before = receiver.taken.map(({ id }) => id);
    expect(
      (await place.sluice('events', 'replay', '--from', '1', '--sink', 'audit', '--server', server.url)).code,
    ).toBe(0);
    await until(() => receiver.taken.length === before.length * 2);
    expect(
      receiver.taken
        .slice(before.length)
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(before.toSorted());
    expect(
      await server.post('/api/v1/events/replay', { from: '2020-01-01T00:00:00Z', sink: 'strict' }),
    ).toMatchObject({
      status: 200,
      body: { items: [{ name: 'strict', position: 0 }] },
    });
    await until(() => refusing.taken.length === 2);
  });

  it.each([
    [{}, 400, 'Say either'],
    [{ from: 1, dead: true }, 400, 'Say either'],
    [{ from: 'yesterday' }, 400, 'neither the id of an event nor a time'],
    [{ from: '2999-01-01T00:00:00Z' }, 404, 'Nothing has happened since'],
    [{ dead: true, sink: 'nobody' }, 404, 'There is no sink "nobody"'],
  ])('refuses in words to replay %j', async (body, status, words) => {
    const answer = await server.post('/api/v1/events/replay', body);
    expect(answer).toMatchObject({ status, body: { error: { message: expect.stringContaining(words) } } });
  });

  it('is followed on the terminal, a line for each event', async () => {
    const following = place.begin('events', '--after', '0', '--server', server.url);
    const json = place.begin('events', '--json', '--after', '0', '--server', server.url);
    registry.publish('2.0.0');
    await pollNow(server, 'shop');
    await until(() =>
      [following, json].every((one) =>
        /pipelinerun\.finished\S* .*build\/2|"subject":"build\/2","data":{[^}]*"passed"/.test(one.output()),
      ),
    );
    await server.stop();
    const { stdout, stderr, code } = await following.ended;
    expect(stdout).toMatch(/^\S+Z \d+ artifact\.published shop\/it 2\.0\.0 was published$/m);
    expect(stdout).toMatch(/^\S+Z \d+ pipelinerun\.finished build\/2 \(2\) has passed$/m);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const told = (await json.ended).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(told).toContainEqual(expect.objectContaining({ type: 'artifact.published', subject: 'shop/it' }));
    server = await place.serve();
  });

  it('shows no secret anywhere', async () => {
    const shown = [
      JSON.stringify(await server.get('/api/v1/configuration')),
      JSON.stringify(await server.get('/api/v1/events/sinks')),
      JSON.stringify(await server.get('/api/v1/events/dead-letters')),
      server.output(),
    ].join('\n');
    for (const secret of secrets) expect(shown).not.toContain(secret);
    expect(shown).toContain('"smtp://user:[secret]@127.0.0.1:1"');
  });

  it('takes on and lets go of sinks when the configuration changes', async () => {
    const other = await startEventReceiver();
    const more = `  - name: late\n    http: { url: "${other.url}" }\n    only: ["artifact.*"]`;
    await place.configure(describeConfig(more));
    await until(async () => JSON.stringify(await server.get('/api/v1/events/sinks')).includes('"late"'));
    registry.publish('3.0.0');
    await pollNow(server, 'shop');
    await until(() => other.taken.length > 0);
    expect(other.taken.map(({ subject }) => subject)).toEqual(['pkg:npm/watched@3.0.0']);
    await place.configure(describeConfig());
    await until(async () => !JSON.stringify(await server.get('/api/v1/events/sinks')).includes('"late"'));
    registry.publish('4.0.0');
    await pollNow(server, 'shop');
    await idle('audit');
    expect(other.taken).toHaveLength(1);
    await other.close();
  });
});
