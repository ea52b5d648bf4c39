import { Ajv2020 } from 'ajv/dist/2020.js';
import nock from 'nock';
import { describe, expect, it } from 'vitest';
import { expectExactRequests, key, now, openServer, order } from '../asked.ts';

const api = 'https://ci.example.com';
const settings = { url: `${api}/go`, pipeline: 'pipeline1', token: 'a-token' };
const open = () => openServer({ kind: 'gocd', settings });
const reqheaders = { accept: 'application/vnd.go.cd+json', authorization: 'Bearer a-token' };
const link = `${api}/go/pipelines/value_stream_map/pipeline1/14`;

/**
 * The body of "Scheduling pipelines", as https://api.gocd.org/current/#scheduling-pipelines has its
 * attributes.
 */
const scheduleSchema = {
  type: 'object',
  properties: {
    environment_variables: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          value: { type: 'string' },
          encrypted_value: { type: 'string' },
          secure: { type: 'boolean' },
        },
        required: ['name'],
        additionalProperties: false,
      },
    },
    materials: { type: 'array' },
    update_materials_before_scheduling: { type: 'boolean' },
  },
  additionalProperties: false,
};

const instance = (counter: number, result = 'Unknown', forced = true, state = 'Building') => ({
  name: 'pipeline1',
  counter,
  build_cause: { trigger_message: 'Forced by sluice', trigger_forced: forced, approver: 'sluice' },
  stages: [
    { name: 'build', counter: '1', scheduled: true, result, jobs: [{ name: 'job 1', state, result }] },
  ],
});

describe('GoCD', () => {
  expectExactRequests();

  it('is asked to schedule, as its documents say, and does not name the instance', async () => {
    let body: unknown;
    nock(api, { reqheaders: { ...reqheaders, 'content-type': 'application/json' } })
      .post('/go/api/pipelines/pipeline1/schedule', (sent) => {
        body = sent;
        return true;
      })
      .reply(202, { message: 'Request to schedule pipeline pipeline1 accepted' });
    expect(await (await open()).start({ ...order, chosen: { VERSION: '5.2.1' } })).toBeUndefined();
    expect(body).toEqual({
      environment_variables: [
        { name: 'VERSION', value: '5.2.1', secure: false },
        { name: 'SLUICE_IDEMPOTENCY_KEY', value: key, secure: false },
      ],
      update_materials_before_scheduling: true,
    });
    const ajv = new Ajv2020();
    expect(ajv.validate(scheduleSchema, body), ajv.errorsText()).toBe(true);
  });

  it('is asked for its newest instance first', async () => {
    nock(api, { reqheaders })
      .get('/go/api/pipelines/pipeline1/history')
      .query({ page_size: '50' })
      .reply(200, { pipelines: [instance(13)] });
    expect(await (await open()).readMark?.()).toBe('13');
  });

  // https://api.gocd.org/current/#get-artifact-file
  it.each([
    [
      'shows the key',
      `[go] setting environment variable 'SLUICE_IDEMPOTENCY_KEY' to value '${key}'`,
      { ref: '14', link },
    ],
    ['shows another', "[go] setting environment variable 'SLUICE_IDEMPOTENCY_KEY' to value 'x'", 'unknown'],
  ])(
    'is asked for the instances since that were triggered by hand, and their logs: one %s',
    async (_title, log, expected) => {
      const pipelines = [instance(15, 'Unknown', false), instance(14), instance(13)];
      nock(api, { reqheaders })
        .get('/go/api/pipelines/pipeline1/history')
        .query({ page_size: '50' })
        .reply(200, { pipelines });
      nock(api, { reqheaders: { authorization: 'Bearer a-token' } })
        .get('/go/files/pipeline1/14/build/1/job%201/cruise-output/console.log')
        .reply(200, log);
      expect(await (await open()).find({ key, since: now, mark: '13' })).toEqual(expected);
    },
  );

  it('that has no log yet cannot say', async () => {
    nock(api)
      .get('/go/api/pipelines/pipeline1/history')
      .query(true)
      .reply(200, { pipelines: [instance(14)] });
    nock(api).get('/go/files/pipeline1/14/build/1/job%201/cruise-output/console.log').reply(404);
    expect(await (await open()).find({ key, since: now, mark: '13' })).toBe('unknown');
  });

  it.each([
    [instance(14, 'Unknown', true, 'Scheduled'), 'queued', 'Scheduled'],
    [instance(14), 'running', 'Building'],
    [instance(14, 'Passed', true, 'Completed'), 'passed', 'Passed'],
    [instance(14, 'Failed', true, 'Completed'), 'failed', 'stage build Failed'],
    [instance(14, 'Cancelled', true, 'Completed'), 'cancelled', 'stage build Cancelled'],
  ])('says of an instance (%#): %s', async (body, status, word) => {
    nock(api, { reqheaders }).get('/go/api/pipelines/pipeline1/14').reply(200, body);
    expect(await (await open()).read('14')).toEqual({ status, word, link });
  });

  it('is asked to cancel the stage that is active', async () => {
    nock(api, { reqheaders }).get('/go/api/pipelines/pipeline1/14').reply(200, instance(14));
    nock(api, { reqheaders: { ...reqheaders, 'x-gocd-confirm': 'true' } })
      .post('/go/api/stages/pipeline1/14/build/1/cancel')
      .reply(200, { message: 'Stage cancelled successfully.' });
    await (await open()).cancel('14');
  });
});
