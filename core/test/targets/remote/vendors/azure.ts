import { type Build, type Builds, notFound, parseBody, type State, type Vendor } from '../build-server.ts';

const states: Record<State, [string, string | undefined]> = {
  queued: ['inProgress', undefined],
  running: ['inProgress', undefined],
  passed: ['completed', 'succeeded'],
  failed: ['completed', 'failed'],
  cancelled: ['completed', 'canceled'],
};

const show = (build: Build, builds: Builds, state: State) => ({
  id: build.id,
  name: `20261125.${build.id}`,
  state: states[state][0],
  ...(states[state][1] !== undefined && { result: states[state][1] }),
  templateParameters: build.parameters,
  _links: { web: { href: `${builds.url}/acme/shop/_build/results?buildId=${build.id}` } },
});

/**
 * https://learn.microsoft.com/en-us/rest/api/azure/devops/pipelines/runs, .../build/builds; 203 and a page is
 * what a wrong token gets.
 */
export const azureVendor: Vendor = (call, builds) => {
  if (call.headers.authorization !== `Basic ${Buffer.from(':a-token').toString('base64')}`)
    return { status: 203, body: '<html>Sign in</html>' };
  if (call.query.get('api-version') !== '7.1')
    return { status: 400, body: { message: 'No api-version was supplied' } };
  const runs = '/acme/shop/_apis/pipelines/7/runs';
  if (call.method === 'POST' && call.path === runs) {
    const { templateParameters } = parseBody(call) as { templateParameters: Record<string, string> };
    return {
      status: 200,
      body: show(
        builds.start(String(templateParameters['SLUICE_IDEMPOTENCY_KEY']), templateParameters),
        builds,
        'queued',
      ),
    };
  }
  if (call.method === 'GET' && call.path === '/acme/shop/_apis/build/builds') {
    const from = Date.parse(call.query.get('minTime') ?? '');
    const found = builds.all.filter((build) => build.at >= from && !build.deleted).toReversed();
    return {
      status: 200,
      body: { count: found.length, value: found.map(({ id }) => ({ id, status: 'inProgress' })) },
    };
  }
  const [, patched = ''] = /^\/acme\/shop\/_apis\/build\/builds\/(\d+)$/.exec(call.path) ?? [];
  const [, id = patched] = /\/pipelines\/7\/runs\/(\d+)$/.exec(call.path) ?? [];
  const build = builds.find(id);
  if (build === undefined) return notFound;
  if (patched === '') return { status: 200, body: show(build, builds, builds.look(build)) };
  if (call.method === 'PATCH' && parseBody(call)['status'] === 'cancelling') builds.cancel(build);
  return { status: 200, body: { id: build.id, status: 'cancelling' } };
};
