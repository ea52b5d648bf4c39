import nock from 'nock';
import { describe, expect, it } from 'vitest';
import { expectExactRequests, key, now, openServer, order } from '../asked.ts';

// https://buildkite.com/docs/apis/rest-api/builds
const api = 'https://api.buildkite.com';
const builds = '/v2/organizations/my-great-org/pipelines/my-pipeline/builds';
const reqheaders = { authorization: 'Bearer a-token' };
const settings = { organization: 'my-great-org', pipeline: 'my-pipeline', branch: 'main', token: 'a-token' };
const open = () => openServer({ kind: 'buildkite', settings });
const link = 'https://buildkite.com/my-great-org/my-pipeline/builds/27';

describe('Buildkite', () => {
  expectExactRequests();

  it('is asked for a build with meta-data', async () => {
    const body = {
      commit: 'HEAD',
      branch: 'main',
      message: 'acceptance/7 (7-5.2.1) smoke/deploy',
      env: { GO_PACKAGE_FASTIFY_LABEL: '5.2.1', SLUICE_IDEMPOTENCY_KEY: key },
      meta_data: { SLUICE_IDEMPOTENCY_KEY: key },
    };
    nock(api, { reqheaders })
      .post(builds, body)
      .reply(201, { number: 27, state: 'scheduled', web_url: link });
    expect(await (await open()).start(order)).toEqual({ ref: '27', link });
  });

  it.each([
    ['there', [{ number: 27, web_url: link }], { ref: '27', link }],
    ['not there', [], 'absent'],
  ])('is asked for the builds with the key as meta-data: it is %s', async (_title, found, expected) => {
    nock(api, { reqheaders })
      .get(builds)
      .query({ 'meta_data[SLUICE_IDEMPOTENCY_KEY]': key })
      .reply(200, found);
    expect(await (await open()).find({ key, since: now, mark: undefined })).toEqual(expected);
  });

  it.each([
    ['scheduled', 'queued'],
    ['running', 'running'],
    ['blocked', 'running'],
    ['passed', 'passed'],
    ['failed', 'failed'],
    ['not_run', 'failed'],
    ['canceled', 'cancelled'],
  ])('says %s: %s', async (state, status) => {
    nock(api, { reqheaders }).get(`${builds}/27`).reply(200, { number: 27, state, web_url: link });
    expect(await (await open()).read('27')).toEqual({ status, word: state, link });
  });

  it.each([200, 422])('is asked to cancel, and may answer %i', async (status) => {
    nock(api, { reqheaders }).put(`${builds}/27/cancel`).reply(status, {});
    await (await open()).cancel('27');
  });
});
