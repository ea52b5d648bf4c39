import { buildkiteDefaults } from '../../../config/remote/buildkite.ts';
import { keyName, type Reading, type RemoteKind, type Started } from '../kind.ts';
import { itemsAt, linkOf, requireId, textAt } from '../shape.ts';

/** `blocked` waits for people, as long as the job's time limit allows. */
const statuses: Readonly<Record<string, Reading['status']>> = {
  creating: 'queued',
  scheduled: 'queued',
  waiting: 'queued',
  blocked: 'running',
  running: 'running',
  failing: 'running',
  canceling: 'running',
  passed: 'passed',
  canceled: 'cancelled',
};

/**
 * Builds of Buildkite (https://buildkite.com/docs/apis/rest-api/builds). The key is meta-data of the build,
 * by which builds can be sought.
 */
export const buildkite: RemoteKind<'buildkite'> = {
  noun: 'the build',
  url: buildkiteDefaults.url,
  settleMs: 30_000,
  open({ organization, pipeline, branch, commit, token }, http) {
    const builds = ['v2', 'organizations', organization, 'pipelines', pipeline, 'builds'];
    const headers = { authorization: `Bearer ${token}` };
    return {
      async find({ key }) {
        const answer = await http.ask({ path: builds, query: { [`meta_data[${keyName}]`]: key }, headers });
        const [build] = itemsAt(answer.json());
        return build === undefined ? 'absent' : toStarted(build);
      },
      async start({ key, title, chosen, environment }) {
        const json = {
          commit: commit ?? buildkiteDefaults.commit,
          branch,
          message: title,
          env: { ...(chosen ?? environment), [keyName]: key },
          meta_data: { [keyName]: key },
        };
        return toStarted((await http.ask({ method: 'POST', path: builds, headers, json })).json());
      },
      async read(ref) {
        const build = (await http.ask({ path: [...builds, ref], headers })).json();
        const word = textAt(build, 'state') ?? 'unknown';
        return { status: statuses[word] ?? 'failed', word, link: linkOf(textAt(build, 'web_url')) };
      },
      async cancel(ref) {
        // 422: it has ended.
        await http.ask({ method: 'PUT', path: [...builds, ref, 'cancel'], headers, accept: [422] });
      },
    };
  },
};

function toStarted(build: unknown): Started {
  return { ref: requireId(build, 'number'), link: linkOf(textAt(build, 'web_url')) };
}
