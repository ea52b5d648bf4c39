import { Ajv2020 } from 'ajv/dist/2020.js';
import nock from 'nock';
import { describe, expect, it } from 'vitest';
import { expectExactRequests, key, now, openServer, order } from '../asked.ts';

const api = 'https://gitlab.example.com';
const project = '/api/v4/projects/acme%2Fshop';
const settings = {
  url: api,
  project: 'acme/shop',
  ref: 'main',
  triggerToken: 'a-trigger-token',
  token: 'a-token',
};
const open = () => openServer({ kind: 'gitlab', settings });
const reqheaders = { 'private-token': 'a-token' };
const web = 'https://gitlab.example.com/acme/shop/-/pipelines/257';

/**
 * The body of "Trigger a pipeline with a token", as https://docs.gitlab.com/api/pipeline_triggers/ has its
 * attributes.
 */
const triggerSchema = {
  type: 'object',
  properties: {
    ref: { type: 'string' },
    token: { type: 'string' },
    variables: { type: 'object', additionalProperties: { type: 'string' } },
    inputs: { type: 'object' },
  },
  required: ['ref', 'token'],
  additionalProperties: false,
};

describe('GitLab', () => {
  expectExactRequests();

  it('is asked for a pipeline by a trigger, as its documents say', async () => {
    let body: unknown;
    nock(api)
      .post(`${project}/trigger/pipeline`, (sent) => {
        body = sent;
        return true;
      })
      .reply(201, { id: 257, status: 'created', web_url: web });
    expect(await (await open()).start(order)).toEqual({ ref: '257', link: web });
    const variables = { GO_PACKAGE_FASTIFY_LABEL: '5.2.1', SLUICE_IDEMPOTENCY_KEY: key };
    expect(body).toEqual({ token: 'a-trigger-token', ref: 'main', variables });
    const ajv = new Ajv2020();
    expect(ajv.validate(triggerSchema, body), ajv.errorsText()).toBe(true);
  });

  // https://docs.gitlab.com/api/pipelines/
  it.each([
    ['that has the key', key, { ref: '257', link: web }],
    ['of others', 'another', 'absent'],
  ])(
    'is asked for the triggered pipelines since, and for their variables: one %s',
    async (_title, value, expected) => {
      const query = {
        source: 'trigger',
        updated_after: '2026-11-25T11:58:00.000Z',
        order_by: 'id',
        per_page: '100',
      };
      nock(api, { reqheaders })
        .get(`${project}/pipelines`)
        .query(query)
        .reply(200, [{ id: 257, web_url: web }]);
      nock(api, { reqheaders })
        .get(`${project}/pipelines/257/variables`)
        .reply(200, [{ variable_type: 'env_var', key: 'SLUICE_IDEMPOTENCY_KEY', value }]);
      expect(await (await open()).find({ key, since: now, mark: undefined })).toEqual(expected);
    },
  );

  it('with more pipelines than a page has cannot say that there is none', async () => {
    const many = Array.from({ length: 100 }, (_, index) => ({ id: index + 1 }));
    nock(api).get(`${project}/pipelines`).query(true).reply(200, many);
    for (const { id } of many) nock(api).get(`${project}/pipelines/${id}/variables`).reply(200, []);
    expect(await (await open()).find({ key, since: now, mark: undefined })).toBe('unknown');
  });

  it.each([
    ['created', 'queued'],
    ['waiting_for_resource', 'queued'],
    ['running', 'running'],
    ['manual', 'running'],
    ['success', 'passed'],
    ['failed', 'failed'],
    ['canceled', 'cancelled'],
    ['skipped', 'failed'],
  ])('says %s: %s', async (status, expected) => {
    nock(api, { reqheaders }).get(`${project}/pipelines/257`).reply(200, { id: 257, status, web_url: web });
    expect(await (await open()).read('257')).toEqual({ status: expected, word: status, link: web });
  });

  it('is asked to cancel', async () => {
    nock(api, { reqheaders })
      .post(`${project}/pipelines/257/cancel`)
      .reply(200, { id: 257, status: 'canceled' });
    await (await open()).cancel('257');
  });
});
