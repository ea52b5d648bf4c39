import {
  type Build,
  type Builds,
  notFound,
  parseBody,
  type State,
  unauthorized,
  type Vendor,
} from '../build-server.ts';

const states: Record<State, string> = {
  queued: 'scheduled',
  running: 'running',
  passed: 'passed',
  failed: 'failed',
  cancelled: 'canceled',
};

const show = (build: Build, builds: Builds, state: State) => ({
  id: '01908131-7d9f-495e-a17b-80ed31276810',
  number: build.id,
  state: states[state],
  web_url: `${builds.url}/acme/shop/builds/${build.id}`,
  meta_data: { SLUICE_IDEMPOTENCY_KEY: build.key },
});

/** https://buildkite.com/docs/apis/rest-api/builds */
export const buildkiteVendor: Vendor = (call, builds) => {
  if (call.headers.authorization !== 'Bearer a-token') return unauthorized;
  const base = '/v2/organizations/acme/pipelines/shop/builds';
  if (call.method === 'POST' && call.path === base) {
    const { meta_data: data, env } = parseBody(call) as { meta_data: Record<string, string>; env: unknown };
    return {
      status: 201,
      body: show(builds.start(String(data['SLUICE_IDEMPOTENCY_KEY']), env), builds, 'queued'),
    };
  }
  if (call.path === base) {
    const key = call.query.get('meta_data[SLUICE_IDEMPOTENCY_KEY]');
    const found = builds.all.filter((build) => build.key === key && !build.deleted);
    return { status: 200, body: found.map((build) => show(build, builds, 'running')) };
  }
  const [, id = '', cancel] = /\/builds\/(\d+)(\/cancel)?$/.exec(call.path) ?? [];
  const build = builds.find(id);
  if (build === undefined) return notFound;
  if (cancel !== undefined) builds.cancel(build);
  return { status: 200, body: show(build, builds, cancel === undefined ? builds.look(build) : 'running') };
};
