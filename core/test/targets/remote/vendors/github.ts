import {
  type Build,
  type Builds,
  notFound,
  parseBody,
  type State,
  unauthorized,
  type Vendor,
} from '../build-server.ts';

const states: Record<State, [string, string | null]> = {
  queued: ['queued', null],
  running: ['in_progress', null],
  passed: ['completed', 'success'],
  failed: ['completed', 'failure'],
  cancelled: ['completed', 'cancelled'],
};

const show = (build: Build, builds: Builds, state: State) => ({
  id: build.id,
  name: 'Deploy',
  display_title: `deploy ${build.key}`,
  status: states[state][0],
  conclusion: states[state][1],
  html_url: `${builds.url}/acme/shop/actions/runs/${build.id}`,
  created_at: new Date(build.at).toISOString(),
});

/**
 * https://docs.github.com/en/rest/actions/workflow-runs, https://docs.github.com/en/rest/actions/workflows
 */
export const githubVendor: Vendor = (call, builds) => {
  if (call.headers.authorization !== 'Bearer a-token') return unauthorized;
  const base = '/repos/acme/shop';
  if (call.method === 'POST' && call.path === `${base}/actions/workflows/deploy.yaml/dispatches`) {
    const { inputs } = parseBody(call) as { inputs: Record<string, string> };
    const build = builds.start(String(inputs['SLUICE_IDEMPOTENCY_KEY']), inputs);
    const url = `${builds.url}${base}/actions/runs/${build.id}`;
    return {
      status: 200,
      body: {
        workflow_run_id: build.id,
        run_url: url,
        html_url: `${builds.url}/acme/shop/actions/runs/${build.id}`,
      },
    };
  }
  if (call.method === 'POST' && call.path === `${base}/dispatches`) {
    const { client_payload: payload } = parseBody(call) as { client_payload: Record<string, unknown> };
    builds.start(String(payload['SLUICE_IDEMPOTENCY_KEY']), payload);
    return { status: 204 };
  }
  if (call.path === `${base}/actions/workflows/deploy.yaml/runs`) {
    const from = Date.parse((call.query.get('created') ?? '').replace('>=', ''));
    const runs = builds.all.filter((build) => build.at >= from && !build.deleted).toReversed();
    return {
      status: 200,
      body: { total_count: runs.length, workflow_runs: runs.map((build) => show(build, builds, 'running')) },
    };
  }
  const [, id = '', cancel] = /^\/repos\/acme\/shop\/actions\/runs\/(\d+)(\/cancel)?$/.exec(call.path) ?? [];
  const build = builds.find(id);
  if (build === undefined) return notFound;
  if (cancel === undefined) return { status: 200, body: show(build, builds, builds.look(build)) };
  builds.cancel(build);
  return { status: 202, body: {} };
};
