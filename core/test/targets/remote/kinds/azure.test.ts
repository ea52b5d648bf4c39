import nock from 'nock';
import { describe, expect, it } from 'vitest';
import { expectExactRequests, key, now, openServer, order } from '../asked.ts';

// https://learn.microsoft.com/en-us/rest/api/azure/devops/pipelines/runs?view=azure-devops-rest-7.1,
// .../build/builds
const api = 'https://dev.azure.com';
const version = { 'api-version': '7.1' };
const reqheaders = { authorization: `Basic ${Buffer.from(':a-token').toString('base64')}` };
const settings = { organization: 'fabrikam', project: 'Fabrikam Fiber', pipeline: 7, token: 'a-token' };
const open = (changes = {}) => openServer({ kind: 'azure', settings: { ...settings, ...changes } });
const base = '/fabrikam/Fabrikam%20Fiber/_apis';
const link = `${api}/fabrikam/x/_build/results?buildId=42`;
const run = (more = {}) => ({ id: 42, state: 'inProgress', _links: { web: { href: link } }, ...more });

describe('Azure DevOps', () => {
  expectExactRequests();

  it('is asked for a run with template parameters', async () => {
    const templateParameters = {
      environment: '{"GO_PACKAGE_FASTIFY_LABEL":"5.2.1"}',
      SLUICE_IDEMPOTENCY_KEY: key,
    };
    nock(api, { reqheaders })
      .post(`${base}/pipelines/7/runs`, { templateParameters })
      .query(version)
      .reply(200, run());
    expect(await (await open()).start(order)).toEqual({ ref: '42', link });
  });

  it('is asked for a run of another branch', async () => {
    const body = {
      resources: { repositories: { self: { refName: 'refs/heads/next' } } },
      templateParameters: { version: '5.2.1', SLUICE_IDEMPOTENCY_KEY: key },
    };
    nock(api, { reqheaders }).post(`${base}/pipelines/7/runs`, body).query(version).reply(200, run());
    await (await open({ ref: 'refs/heads/next' })).start({ ...order, chosen: { version: '5.2.1' } });
  });

  it('with a wrong token answers 203 and a page, which is a refusal', async () => {
    nock(api).post(`${base}/pipelines/7/runs`).query(version).reply(203, '<html>Sign In</html>');
    await expect((await open()).start(order)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('credentials'),
    });
  });

  it.each([
    ['that has the key', key, { ref: '42', link }],
    ['of others', 'another', 'absent'],
  ])('is asked for the builds since, and for their parameters: one %s', async (_title, value, expected) => {
    const query = {
      ...version,
      definitions: '7',
      minTime: '2026-11-25T11:58:00.000Z',
      queryOrder: 'queueTimeDescending',
      $top: '100',
    };
    nock(api, { reqheaders })
      .get(`${base}/build/builds`)
      .query(query)
      .reply(200, { count: 1, value: [{ id: 42 }] });
    const templateParameters = { SLUICE_IDEMPOTENCY_KEY: value };
    nock(api, { reqheaders })
      .get(`${base}/pipelines/7/runs/42`)
      .query(version)
      .reply(200, run({ templateParameters }));
    expect(await (await open()).find({ key, since: now, mark: undefined })).toEqual(expected);
  });

  it.each([
    ['inProgress', undefined, 'running', 'inProgress'],
    ['canceling', undefined, 'running', 'canceling'],
    ['completed', 'succeeded', 'passed', 'succeeded'],
    ['completed', 'failed', 'failed', 'failed'],
    ['completed', 'canceled', 'cancelled', 'canceled'],
  ])('says %s, %s: %s', async (state, result, status, word) => {
    nock(api, { reqheaders })
      .get(`${base}/pipelines/7/runs/42`)
      .query(version)
      .reply(200, run({ state, result }));
    expect(await (await open()).read('42')).toEqual({ status, word, link });
  });

  it('is asked to cancel', async () => {
    nock(api, { reqheaders })
      .patch(`${base}/build/builds/42`, { status: 'cancelling' })
      .query(version)
      .reply(200, { id: 42 });
    await (await open()).cancel('42');
  });
});
