import { azureDefaults } from '../../../config/remote/azure.ts';
import { keyName, type Reading, type RemoteKind } from '../kind.ts';
import { itemsAt, linkOf, requireId, textAt } from '../shape.ts';

const statuses: Readonly<Record<string, Reading['status']>> = {
  inProgress: 'running',
  canceling: 'running',
  succeeded: 'passed',
  canceled: 'cancelled',
};

/** Our clock and the server's may differ by so much, in milliseconds. */
const skewMs = 120_000;
const pageSize = 100;
const version = { 'api-version': '7.1' };

/**
 * Runs of pipelines of Azure DevOps
 * (https://learn.microsoft.com/en-us/rest/api/azure/devops/pipelines/runs/run-pipeline). Parameters have to
 * be declared by the pipeline: without a choice, the whole environment is one of them. The key is another,
 * which can be read again.
 */
export const azure: RemoteKind<'azure'> = {
  noun: 'the pipeline run',
  url: azureDefaults.url,
  settleMs: 30_000,
  open({ organization, project, pipeline, ref: refName, token }, http) {
    const base = [organization, project, '_apis'];
    const runs = [...base, 'pipelines', String(pipeline), 'runs'];
    const headers = { authorization: `Basic ${Buffer.from(`:${token}`).toString('base64')}` };
    const readRun = async (ref: string) =>
      (await http.ask({ path: [...runs, ref], query: version, headers })).json();
    return {
      async find({ key, since }) {
        const minTime = new Date(since - skewMs).toISOString();
        const query = {
          ...version,
          definitions: String(pipeline),
          minTime,
          queryOrder: 'queueTimeDescending',
          $top: String(pageSize),
        };
        const builds = itemsAt(
          (await http.ask({ path: [...base, 'build', 'builds'], query, headers })).json(),
          'value',
        );
        for (const build of builds) {
          const run = await readRun(requireId(build, 'id'));
          if (textAt(run, 'templateParameters', keyName) === key) return toStarted(run);
        }
        return builds.length < pageSize ? 'absent' : 'unknown';
      },
      async start({ key, chosen, environment }) {
        const json = {
          ...(refName !== undefined && { resources: { repositories: { self: { refName } } } }),
          templateParameters: { ...(chosen ?? { environment: JSON.stringify(environment) }), [keyName]: key },
        };
        return toStarted(
          (await http.ask({ method: 'POST', path: runs, query: version, headers, json })).json(),
        );
      },
      async read(ref) {
        const run = await readRun(ref);
        const word =
          (textAt(run, 'state') === 'completed' ? textAt(run, 'result') : textAt(run, 'state')) ?? 'unknown';
        return {
          status: statuses[word] ?? 'failed',
          word,
          link: linkOf(textAt(run, '_links', 'web', 'href')),
        };
      },
      async cancel(ref) {
        const json = { status: 'cancelling' };
        await http.ask({
          method: 'PATCH',
          path: [...base, 'build', 'builds', ref],
          query: version,
          headers,
          json,
        });
      },
    };
  },
};

function toStarted(run: unknown): { readonly ref: string; readonly link: string | undefined } {
  return { ref: requireId(run, 'id'), link: linkOf(textAt(run, '_links', 'web', 'href')) };
}
