import { type Build, notFound, parseBody, type State, unauthorized, type Vendor } from '../build-server.ts';

const results: Record<State, string> = {
  queued: 'Unknown',
  running: 'Unknown',
  passed: 'Passed',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

const jobStates: Record<State, string> = {
  queued: 'Scheduled',
  running: 'Building',
  passed: 'Completed',
  failed: 'Completed',
  cancelled: 'Completed',
};

const show = (build: Build, state: State) => ({
  name: 'deploy',
  counter: build.id,
  label: String(build.id),
  build_cause: { trigger_message: 'Forced by sluice', trigger_forced: true, approver: 'sluice' },
  stages: [
    {
      name: 'ship',
      counter: '1',
      scheduled: true,
      result: results[state],
      jobs: [{ name: 'it', state: jobStates[state], result: results[state] }],
    },
  ],
});

/**
 * https://api.gocd.org/current/#pipeline-instances, #scheduling-pipelines, #cancel-stage, #get-artifact-file
 */
export const gocdVendor: Vendor = (call, builds) => {
  if (call.headers.authorization !== 'Bearer a-token') return unauthorized;
  const base = '/go/api/pipelines/deploy';
  const [, logOf = ''] =
    /^\/go\/files\/deploy\/(\d+)\/ship\/1\/it\/cruise-output\/console.log$/.exec(call.path) ?? [];
  if (logOf !== '') return readLog(builds.find(logOf));
  if (call.headers.accept !== 'application/vnd.go.cd+json') return notFound;
  if (call.method === 'POST' && call.path === `${base}/schedule`) {
    const { environment_variables: given } = parseBody(call) as {
      environment_variables: { name: string; value: string }[];
    };
    builds.start(given.find(({ name }) => name === 'SLUICE_IDEMPOTENCY_KEY')?.value ?? '', given);
    return { status: 202, body: { message: 'Request to schedule pipeline deploy accepted' } };
  }
  if (call.path === `${base}/history`) {
    const pipelines = builds.all.filter(({ deleted }) => !deleted).toReversed();
    return { status: 200, body: { pipelines: pipelines.map((build) => show(build, 'running')) } };
  }
  const [, stageOf = ''] = /^\/go\/api\/stages\/deploy\/(\d+)\/ship\/1\/cancel$/.exec(call.path) ?? [];
  const [, id = stageOf] = /^\/go\/api\/pipelines\/deploy\/(\d+)$/.exec(call.path) ?? [];
  const build = builds.find(id);
  if (build === undefined) return notFound;
  if (stageOf === '') return { status: 200, body: show(build, builds.look(build)) };
  if (call.headers['x-gocd-confirm'] !== 'true') return notFound;
  builds.cancel(build);
  return { status: 200, body: { message: 'Stage cancelled successfully.' } };
};

function readLog(build: Build | undefined) {
  if (build === undefined) return notFound;
  return {
    status: 200,
    body: `[go] setting environment variable 'SLUICE_IDEMPOTENCY_KEY' to value '${build.key}'\n`,
  };
}
