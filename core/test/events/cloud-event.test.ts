import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { CloudEvent, HTTP } from 'cloudevents';
import { describe, expect, it } from 'vitest';
import { eventTypes } from '../../src/config/event-types.ts';
import { toCloudEvent } from '../../src/events/cloud-event.ts';
import { describeEvent } from '../../src/events/describe-event.ts';
import { describeOrigin } from '../../src/events/origin.ts';
import { cdEventsSchemas } from './cdevents-schemas.ts';
import { sampleOf } from './samples.ts';

const identity = '0d1f0f0e-6a55-4a3e-9a57-6f6bd1a0a0aa';
const server = { host: '127.0.0.1', port: 8153, url: 'https://sluice.example.com', trustProxy: false };
const origin = describeOrigin(server, identity);
const ajv = addFormats.default(new Ajv2020({ allErrors: true }));

function receive(event: CloudEvent<unknown>): CloudEvent<unknown> {
  const arrived = HTTP.toEvent(HTTP.structured(event));
  if (!(arrived instanceof CloudEvent)) throw new Error('one event is expected');
  return arrived;
}

describe.each(eventTypes)('%s', (type) => {
  const event = receive(toCloudEvent(sampleOf(type), origin));

  it('is a CloudEvent as the SDK validates it', () => {
    expect(event.validate()).toBe(true);
    expect(event).toMatchObject({
      specversion: '1.0',
      id: `${identity}-42`,
      source: 'https://sluice.example.com/',
      time: '2026-11-25T10:00:00.000Z',
    });
  });

  it('is a CDEvent as its schema has it, or a word of our own', () => {
    const schema = cdEventsSchemas[event.type];
    if (!schema) {
      expect(event.type).toBe(`dev.sluice.${type}`);
      expect(event.data).toEqual(sampleOf(type).data);
      return;
    }
    expect(event.type).toMatch(new RegExp(`^dev\\.cdevents\\.${type.replace('.', '\\.')}\\.\\d`));
    const validate = ajv.compile(schema);
    expect(validate(event.data) ? [] : validate.errors).toEqual([]);
    // The CloudEvents binding of CDEvents: what both have must agree.
    expect(event.data).toMatchObject({
      context: { id: event.id, source: event.source, type: event.type, timestamp: event.time },
      subject: { id: event.subject },
      customData: sampleOf(type).data,
    });
    expect(event.datacontenttype).toBe('application/cdevents+json');
  });

  it('is said in one sentence', () => {
    expect(describeEvent(sampleOf(type))).toMatchSnapshot();
  });
});

it('every word of CDEvents that is used has its schema here', () => {
  const used = eventTypes.map((type) => toCloudEvent(sampleOf(type), origin).type);
  expect(used.filter((type) => type.startsWith('dev.cdevents.')).toSorted()).toEqual(
    Object.keys(cdEventsSchemas).toSorted(),
  );
});

describe('the subject of an artifact', () => {
  const subjectOf = (changes: object) =>
    toCloudEvent(sampleOf('artifact.published', { ...changes }), origin).subject;

  it('is its package URL', () => {
    expect(subjectOf({})).toBe('pkg:npm/fastify@5.2.1');
  });

  it('is a generic one with the checksum where the plugin tells none', () => {
    expect(subjectOf({ purl: null })).toBe('pkg:generic/npmjs/fastify@5.2.1?checksum=sha512:ab12');
    expect(subjectOf({ purl: null, digest: '', version: '1:2 3' })).toBe(
      'pkg:generic/npmjs/fastify@1%3A2%203',
    );
  });
});

describe('where events come from', () => {
  it('is the store itself where the server has no URL', () => {
    const own = describeOrigin({ ...server, host: '::1', url: undefined }, identity);
    expect(own).toEqual({ identity, source: `urn:uuid:${identity}`, base: 'http://[::1]:8153/' });
    expect(receive(toCloudEvent(sampleOf('pipelinerun.started'), own)).validate()).toBe(true);
  });
});

describe('the outcome of a run', () => {
  it.each([
    ['passed', 'success'],
    ['failed', 'failure'],
    ['cancelled', 'cancel'],
  ])('that has %s is %s', (status, outcome) => {
    const { data } = toCloudEvent(sampleOf('pipelinerun.finished', { status }), origin);
    expect(data).toMatchObject({ subject: { content: { outcome } } });
  });
});
