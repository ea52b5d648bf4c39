import nock from 'nock';
import { describe, expect, it } from 'vitest';
import { expectExactRequests, key, now, openServer, order } from '../asked.ts';

// https://www.jenkins.io/doc/book/using/remote-access-api/,
// https://www.jenkins.io/doc/book/security/csrf-protection/
const api = 'https://jenkins.example.com';
const job = '/ci/job/folder/job/shop';
const reqheaders = { authorization: `Basic ${Buffer.from('sluice:a-token').toString('base64')}` };
const open = () =>
  openServer({
    kind: 'jenkins',
    settings: { url: `${api}/ci/`, job: 'folder/shop', user: 'sluice', token: 'a-token' },
  });
const form = { GO_PACKAGE_FASTIFY_LABEL: '5.2.1', SLUICE_IDEMPOTENCY_KEY: key };
const created = { location: 'http://another.name.example.com/ci/queue/item/39/' };
const given = (value: string) => [{}, { parameters: [{ name: 'SLUICE_IDEMPOTENCY_KEY', value }] }];
const buildTree = { tree: 'builds[number,url,queueId,timestamp,actions[parameters[name,value]]]{0,100}' };

describe('Jenkins', () => {
  expectExactRequests();

  it('is asked for a build with parameters, and answers with the item of its queue', async () => {
    nock(api, { reqheaders }).post(`${job}/buildWithParameters`, form).reply(201, '', created);
    expect(await (await open()).start(order)).toEqual({ ref: 'queue/39' });
  });

  it('that wants a crumb gets one, with the cookie of its session', async () => {
    nock(api, { reqheaders })
      .post(`${job}/buildWithParameters`)
      .reply(403, 'No valid crumb was included in the request');
    nock(api, { reqheaders })
      .get('/ci/crumbIssuer/api/json')
      .reply(
        200,
        { crumb: 'c1', crumbRequestField: 'Jenkins-Crumb' },
        { 'set-cookie': 'JSESSIONID=s1; Path=/; HttpOnly' },
      );
    nock(api, { reqheaders: { ...reqheaders, 'jenkins-crumb': 'c1', cookie: 'JSESSIONID=s1' } })
      .post(`${job}/buildWithParameters`, form)
      .reply(201, '', created);
    expect(await (await open()).start(order)).toEqual({ ref: 'queue/39' });
  });

  it.each([
    [
      'waits',
      { cancelled: false, why: 'In the quiet period' },
      { status: 'queued', word: 'In the quiet period' },
    ],
    ['was cancelled', { cancelled: true }, { status: 'cancelled', word: 'cancelled in the queue' }],
    [
      'became a build',
      { cancelled: false, executable: { number: 35, url: `${api}${job}/35/` } },
      { status: 'running', word: 'started', ref: 'build/35', link: `${api}${job}/35/` },
    ],
  ])('says of an item of the queue that it %s', async (_title, item, expected) => {
    nock(api, { reqheaders })
      .get('/ci/queue/item/39/api/json')
      .query({ tree: 'cancelled,why,executable[number,url]' })
      .reply(200, item);
    expect(await (await open()).read('queue/39')).toEqual(expected);
  });

  it('that has forgotten an item of the queue knows its build', async () => {
    nock(api).get('/ci/queue/item/39/api/json').query(true).reply(404);
    const builds = [{ number: 35, queueId: 39, url: `${api}${job}/35/` }];
    nock(api, { reqheaders }).get(`${job}/api/json`).query(buildTree).reply(200, { builds });
    expect(await (await open()).read('queue/39')).toMatchObject({ ref: 'build/35' });
  });

  it.each([
    [true, null, 'running', 'building'],
    [false, 'SUCCESS', 'passed', 'SUCCESS'],
    [false, 'UNSTABLE', 'failed', 'UNSTABLE'],
    [false, 'FAILURE', 'failed', 'FAILURE'],
    [false, 'ABORTED', 'cancelled', 'ABORTED'],
  ])('says of a build: building %s, result %s: %s', async (building, result, status, word) => {
    const link = `${api}${job}/35/`;
    nock(api, { reqheaders })
      .get(`${job}/35/api/json`)
      .query({ tree: 'building,result,url' })
      .reply(200, { building, result, url: link });
    expect(await (await open()).read('build/35')).toEqual({ status, word, link });
  });

  const task = { url: `http://another.name.example.com${job}/` };
  it.each([
    ['in the queue', [{ id: 39, task, actions: given(key) }], [], { ref: 'queue/39' }],
    [
      'as a build',
      [],
      [{ number: 35, url: `${api}${job}/35/`, timestamp: now, actions: given(key) }],
      { ref: 'build/35', link: `${api}${job}/35/` },
    ],
    ['nowhere', [], [{ number: 34, timestamp: now, actions: given('another') }], 'absent'],
    [
      'nowhere, and a build of before has no key',
      [],
      [{ number: 33, timestamp: now - 3_600_000, actions: [] }],
      'absent',
    ],
    [
      'perhaps as a build without a key',
      [],
      [{ number: 34, timestamp: now, actions: [{ parameters: [] }] }],
      'unknown',
    ],
    ['perhaps in the queue without a key', [{ id: 39, inQueueSince: now, task, actions: [] }], [], 'unknown'],
  ])('is asked for the queue and the builds: the key is %s', async (_title, items, builds, expected) => {
    const tree = 'items[id,inQueueSince,task[url],actions[parameters[name,value]]]';
    nock(api, { reqheaders }).get('/ci/queue/api/json').query({ tree }).reply(200, { items });
    if (expected !== undefined && !('ref' in Object(expected) && items.length > 0)) {
      nock(api, { reqheaders }).get(`${job}/api/json`).query(buildTree).reply(200, { builds });
    }
    expect(await (await open()).find({ key, since: now, mark: undefined })).toEqual(expected);
  });

  it('is asked to cancel an item of the queue, and to stop a build', async () => {
    const server = await open();
    nock(api, { reqheaders })
      .post('/ci/queue/cancelItem')
      .query({ id: '39' })
      .reply(302, '', { location: '/ci/' });
    await server.cancel('queue/39');
    nock(api, { reqheaders })
      .post(`${job}/35/stop`)
      .reply(302, '', { location: `${job}/35/` });
    await server.cancel('build/35');
  });
});
