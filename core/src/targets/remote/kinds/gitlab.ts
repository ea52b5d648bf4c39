import { gitlabDefaults } from '../../../config/remote/gitlab.ts';
import { keyName, type Reading, type RemoteKind, type Started } from '../kind.ts';
import { itemsAt, linkOf, requireId, textAt } from '../shape.ts';

/** `manual` waits for people, as long as the job's time limit allows. */
const statuses: Readonly<Record<string, Reading['status']>> = {
  created: 'queued',
  waiting_for_resource: 'queued',
  preparing: 'queued',
  pending: 'queued',
  scheduled: 'queued',
  manual: 'running',
  running: 'running',
  canceling: 'running',
  success: 'passed',
  canceled: 'cancelled',
};

/** Our clock and the server's may differ by so much, in milliseconds. */
const skewMs = 120_000;
const pageSize = 100;

/**
 * Pipelines of GitLab, by trigger (https://docs.gitlab.com/api/pipeline_triggers/,
 * https://docs.gitlab.com/api/pipelines/). The key is a variable of the pipeline, which can be read.
 */
export const gitlab: RemoteKind<'gitlab'> = {
  noun: 'the pipeline',
  url: gitlabDefaults.url,
  settleMs: 30_000,
  open({ project, ref: branch, triggerToken, token }, http) {
    const base = ['api', 'v4', 'projects', project];
    const headers = { 'private-token': token };
    const carriesKey = async (id: string, key: string) => {
      const variables = (await http.ask({ path: [...base, 'pipelines', id, 'variables'], headers })).json();
      return itemsAt(variables).some((one) => textAt(one, 'key') === keyName && textAt(one, 'value') === key);
    };
    return {
      async find({ key, since }) {
        const updated = new Date(since - skewMs).toISOString();
        const query = {
          source: 'trigger',
          updated_after: updated,
          order_by: 'id',
          per_page: String(pageSize),
        };
        const pipelines = itemsAt((await http.ask({ path: [...base, 'pipelines'], query, headers })).json());
        for (const pipeline of pipelines) {
          if (await carriesKey(requireId(pipeline, 'id'), key)) return toStarted(pipeline);
        }
        return pipelines.length < pageSize ? 'absent' : 'unknown';
      },
      async start({ key, chosen, environment }) {
        const json = {
          token: triggerToken,
          ref: branch,
          variables: { ...(chosen ?? environment), [keyName]: key },
        };
        return toStarted(
          (await http.ask({ method: 'POST', path: [...base, 'trigger', 'pipeline'], json })).json(),
        );
      },
      async read(ref) {
        const pipeline = (await http.ask({ path: [...base, 'pipelines', ref], headers })).json();
        const word = textAt(pipeline, 'status') ?? 'unknown';
        return { status: statuses[word] ?? 'failed', word, link: linkOf(textAt(pipeline, 'web_url')) };
      },
      async cancel(ref) {
        await http.ask({ method: 'POST', path: [...base, 'pipelines', ref, 'cancel'], headers });
      },
    };
  },
};

function toStarted(pipeline: unknown): Started {
  return { ref: requireId(pipeline, 'id'), link: linkOf(textAt(pipeline, 'web_url')) };
}
