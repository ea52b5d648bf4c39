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
  queued: 'pending',
  running: 'running',
  passed: 'success',
  failed: 'failed',
  cancelled: 'canceled',
};

const show = (build: Build, builds: Builds, state: State) => ({
  id: build.id,
  iid: build.id,
  project_id: 1,
  status: states[state],
  source: 'trigger',
  ref: 'main',
  web_url: `${builds.url}/acme/shop/-/pipelines/${build.id}`,
});

/** https://docs.gitlab.com/api/pipeline_triggers/, https://docs.gitlab.com/api/pipelines/ */
export const gitlabVendor: Vendor = (call, builds) => {
  const base = '/api/v4/projects/acme/shop';
  if (call.method === 'POST' && call.path === `${base}/trigger/pipeline`) {
    const { token, ref, variables } = parseBody(call) as {
      token: string;
      ref: string;
      variables: Record<string, string>;
    };
    if (token !== 'a-trigger-token' || ref !== 'main') return notFound;
    const build = builds.start(String(variables['SLUICE_IDEMPOTENCY_KEY']), variables);
    return { status: 201, body: show(build, builds, 'queued') };
  }
  if (call.headers['private-token'] !== 'a-token') return unauthorized;
  if (call.path === `${base}/pipelines`) {
    const from = Date.parse(call.query.get('updated_after') ?? '');
    const found = builds.all.filter((build) => build.at >= from && !build.deleted).toReversed();
    return { status: 200, body: found.map((build) => show(build, builds, 'running')) };
  }
  const [, id = '', what] = /\/pipelines\/(\d+)(\/\w+)?$/.exec(call.path) ?? [];
  const build = builds.find(id);
  if (build === undefined) return notFound;
  if (what === '/variables') {
    return {
      status: 200,
      body: [{ variable_type: 'env_var', key: 'SLUICE_IDEMPOTENCY_KEY', value: build.key }],
    };
  }
  if (what === '/cancel') builds.cancel(build);
  return { status: 200, body: show(build, builds, builds.look(build)) };
};
