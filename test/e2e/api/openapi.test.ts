import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiStory, beginApiStory } from '../../support/api-story.ts';
import { pollNow } from '../../support/story.ts';

/** The routes of SURFACE section 4 that this version has. */
const routes = [
  'get /healthz',
  'get /readyz',
  'get /metrics',
  'get /api/v1/repositories',
  'get /api/v1/repositories/{repo}',
  'post /api/v1/repositories/{repo}/poll',
  'get /api/v1/repositories/{repo}/polls',
  'get /api/v1/repositories/{repo}/packages/{pkg}/revisions',
  'get /api/v1/repositories/{repo}/packages/{pkg}/board',
  'get /api/v1/repositories/{repo}/packages/{pkg}/revisions/{version}/value-stream',
  'post /api/v1/repositories/{repo}/packages/{pkg}/revisions/{version}/acknowledge',
  'post /api/v1/hooks/{repo}',
  'post /api/v1/hooks/jobs/{name}',
  'post /api/v1/callbacks/{key}',
  'get /api/v1/approvals',
  'get /api/v1/pipelines',
  'get /api/v1/pipelines/{pipeline}',
  'get /api/v1/decisions',
  'get /api/v1/pipelines/{pipeline}/decisions',
  'post /api/v1/pipelines/{pipeline}/pause',
  'post /api/v1/pipelines/{pipeline}/unpause',
  'post /api/v1/pipelines/{pipeline}/unlock',
  'post /api/v1/pipelines/{pipeline}/held',
  'get /api/v1/pipelines/{pipeline}/held',
  'get /api/v1/hold',
  'post /api/v1/hold/release',
  'get /api/v1/pipelines/{pipeline}/runs',
  'post /api/v1/pipelines/{pipeline}/runs',
  'get /api/v1/pipelines/{pipeline}/runs/{counter}',
  'get /api/v1/pipelines/{pipeline}/runs/{counter}/value-stream',
  'get /api/v1/pipelines/{pipeline}/runs/{counter}/compare/{other}',
  'get /api/v1/pipelines/{pipeline}/runs/{counter}/stages/{stage}/jobs/{job}/log',
  'post /api/v1/pipelines/{pipeline}/runs/{counter}/stages/{stage}/approve',
  'post /api/v1/pipelines/{pipeline}/runs/{counter}/stages/{stage}/reject',
  'post /api/v1/pipelines/{pipeline}/runs/{counter}/stages/{stage}/rerun',
  'post /api/v1/pipelines/{pipeline}/runs/{counter}/stages/{stage}/cancel',
  'get /api/v1/levels',
  'get /api/v1/levels/{level}',
  'get /api/v1/levels/{level}/history',
  'post /api/v1/levels/{level}/freeze',
  'post /api/v1/levels/{level}/unfreeze',
  'post /api/v1/levels/{level}/record',
  'get /api/v1/events',
  'get /api/v1/audit',
  'get /api/v1/events/sinks',
  'get /api/v1/events/dead-letters',
  'post /api/v1/events/replay',
  'get /api/v1/plugins',
  'get /api/v1/me',
  'get /api/v1/configuration',
  'get /api/v1/openapi.json',
];
const names: Readonly<Record<string, string>> = {
  repo: 'shop',
  pkg: 'it',
  pipeline: 'build',
  counter: '1',
  other: '2',
  version: '1.0.0',
  stage: 'make',
  job: 'print',
  level: 'make',
};
const unknown: Readonly<Record<string, string>> = {
  repo: 'no',
  pkg: 'no',
  pipeline: 'no',
  counter: '99',
  other: '98',
  version: '0',
  stage: 'no',
  job: 'no',
  level: 'no',
};

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

let story: ApiStory;
let document: OpenApi;

beforeAll(async () => {
  story = await beginApiStory();
  await pollNow(story.server, 'markup');
  document = (await story.ask<OpenApi>('/api/v1/openapi.json')).body;
});
afterAll(() => story?.end());

/** What an answer has against what the document says of it: too little, too much, or something else. */
function findFaults(operation: Operation, status: number, body: unknown): unknown {
  const schema = (operation.responses[status] ?? operation.responses['default'])?.content['application/json']
    ?.schema;
  if (!schema) return `nothing is said of ${status}`;
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  const validate = ajv.compile(forbidMore({ ...schema, components: document.components }));
  return validate(body) ? [] : validate.errors;
}

/** A schema under which an object has nothing but what is named, so that what the document forgets shows. */
function forbidMore<T>(schema: T): T {
  return JSON.parse(JSON.stringify(schema), (_, value: unknown) =>
    typeof value === 'object' && value !== null && 'required' in value && 'properties' in value
      ? { ...value, additionalProperties: false }
      : value,
  );
}

function fill(path: string, given: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => given[name] ?? '');
}

describe('the OpenAPI document', () => {
  it('is valid, and knows every route', async () => {
    const validator = new Validator();
    expect(await validator.validate(JSON.parse(JSON.stringify(document)))).toEqual({ valid: true });
    expect(document.openapi).toMatch(/^3\.1\./);
    const known = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    );
    expect(known.toSorted()).toEqual(routes.toSorted());
    const ids = Object.values(document.paths).flatMap((item) =>
      Object.values(item).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(routes.length);
    expect(ids).not.toContain(undefined);
  });

  const answered = routes.filter((route) => /^get (?!\/metrics|.*\/log$|.*\/events$)/.test(route));

  it.each(answered)('says exactly what %s answers', async (route) => {
    const path = route.slice('get '.length);
    const operation = document.paths[path]?.['get'];
    if (!operation) throw new Error(`${path} is missing`);
    const { status, body } = await story.ask(fill(path, names));
    expect({ status, faults: findFaults(operation, status, body) }).toEqual({ status: 200, faults: [] });
    if (!path.includes('{')) return;
    const refused = await story.ask(fill(path, unknown));
    expect({ status: refused.status, faults: findFaults(operation, refused.status, refused.body) }).toEqual({
      status: 404,
      faults: [],
    });
  });

  it.each([
    ['/api/v1/repositories/{repo}/poll', { wait: true }, 200],
    ['/api/v1/repositories/{repo}/poll', {}, 202],
    ['/api/v1/events/replay', { dead: true }, 200],
    ['/api/v1/pipelines/{pipeline}/runs', { poll: false }, 201],
    ['/api/v1/pipelines/{pipeline}/runs', { environment: { OTHER: '1' }, poll: false }, 422],
  ])('says exactly what POST %s with %j answers', async (path, body, status) => {
    const operation = document.paths[path]?.['post'];
    if (!operation) throw new Error(`${path} is missing`);
    const answer = await story.post(fill(path, names), body);
    expect({ status: answer.status, faults: findFaults(operation, status, answer.body) }).toEqual({
      status,
      faults: [],
    });
  });
});
