import { type Build, type Builds, notFound, type State, unauthorized, type Vendor } from '../build-server.ts';

const results: Record<State, string | null> = {
  queued: null,
  running: null,
  passed: 'SUCCESS',
  failed: 'FAILURE',
  cancelled: 'ABORTED',
};
const job = '/job/acme/job/shop';

const parameters = (build: Build) => [
  {},
  { parameters: [{ name: 'SLUICE_IDEMPOTENCY_KEY', value: build.key }] },
];
const item = (build: Build, builds: Builds) => ({
  id: build.id + 100,
  inQueueSince: build.at,
  task: { url: `${builds.url}${job}/` },
  actions: parameters(build),
});

/**
 * https://www.jenkins.io/doc/book/using/remote-access-api/, and what a server's `/api/` pages say of
 * themselves.
 */
export const jenkinsVendor: Vendor = (call, builds) => {
  if (call.headers.authorization !== `Basic ${Buffer.from('sluice:a-token').toString('base64')}`)
    return unauthorized;
  if (call.method === 'POST' && call.path === `${job}/buildWithParameters`) {
    const form = Object.fromEntries(new URLSearchParams(call.body));
    const build = builds.start(form['SLUICE_IDEMPOTENCY_KEY'] ?? '', form);
    return { status: 201, headers: { location: `http://jenkins.internal/queue/item/${build.id + 100}/` } };
  }
  if (call.path === '/queue/api/json') {
    const queued = builds.all.filter((build) => build.script[0] === 'queued' && !build.deleted);
    return { status: 200, body: { items: queued.map((build) => item(build, builds)) } };
  }
  if (call.path === '/queue/cancelItem') {
    const build = builds.find(Number(call.query.get('id')) - 100);
    if (build) build.script.splice(0, build.script.length, 'cancelled');
    return { status: 302, headers: { location: '/' } };
  }
  const [, queueId = ''] = /^\/queue\/item\/(\d+)\/api\/json$/.exec(call.path) ?? [];
  if (queueId !== '') return readItem(builds.find(Number(queueId) - 100), builds);
  if (call.path === `${job}/api/json`) {
    const begun = builds.all.filter((build) => build.script[0] !== 'queued' && !build.deleted).toReversed();
    const list = begun.map((build) => ({
      number: build.id,
      url: `${builds.url}${job}/${build.id}/`,
      queueId: build.id + 100,
      timestamp: build.at,
      actions: parameters(build),
    }));
    return { status: 200, body: { builds: list } };
  }
  const [, number = '', stop] = /^\/job\/acme\/job\/shop\/(\d+)(\/stop)?/.exec(call.path) ?? [];
  const build = builds.find(number);
  if (build === undefined) return notFound;
  if (stop !== undefined) {
    builds.cancel(build);
    return { status: 302, headers: { location: `${job}/${build.id}/` } };
  }
  const result = results[builds.look(build)];
  return {
    status: 200,
    body: { building: result === null, result, url: `${builds.url}${job}/${build.id}/` },
  };
};

function readItem(build: Build | undefined, builds: Builds) {
  if (build === undefined) return notFound;
  if (build.script[0] === 'queued') {
    builds.look(build);
    return { status: 200, body: { ...item(build, builds), why: 'In the quiet period', cancelled: false } };
  }
  if (build.script[0] === 'cancelled' && build.script.length === 1) {
    return { status: 200, body: { ...item(build, builds), cancelled: true } };
  }
  const executable = { number: build.id, url: `${builds.url}${job}/${build.id}/` };
  return { status: 200, body: { ...item(build, builds), cancelled: false, executable } };
}
