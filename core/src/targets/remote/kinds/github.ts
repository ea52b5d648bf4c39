import { githubDefaults } from '../../../config/remote/github.ts';
import { type Found, keyName, type Order, type Reading, type RemoteKind } from '../kind.ts';
import { RemoteProblem } from '../problem.ts';
import { at, itemsAt, linkOf, requireId, textAt } from '../shape.ts';
import { createGithubTokens } from './github-tokens.ts';

const statuses: Readonly<Record<string, Reading['status']>> = {
  queued: 'queued',
  requested: 'queued',
  waiting: 'queued',
  pending: 'queued',
  in_progress: 'running',
  success: 'passed',
  cancelled: 'cancelled',
};

/** Our clock and the server's may differ by so much, in milliseconds. */
const skewMs = 120_000;
const pageSize = 100;
/** GitHub takes no more of inputs, in characters. */
const mostInputLength = 65_535;
const anyKey = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

/**
 * Runs of GitHub Actions workflows
 * (https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event,
 * https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event). Inputs cannot be read
 * again, so that a run is recognised by its name: the workflow's `run-name` has to show the key. Runs without
 * any key may be ours, and then nobody can know.
 */
export const github: RemoteKind<'github'> = {
  noun: 'the workflow run',
  url: githubDefaults.url,
  settleMs: 60_000,
  showMs: 600_000,
  open({ repository, workflow, ref: branch, event, token, app }, http) {
    const [owner = '', name = ''] = repository.split('/');
    const base = ['repos', owner, name];
    const runs = [...base, 'actions', 'runs'];
    const tokens = createGithubTokens(http, token, app);
    const headers = async () => ({
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
      authorization: `Bearer ${await tokens.get()}`,
    });
    return {
      async find({ key, since }) {
        const created = `>=${new Date(since - skewMs).toISOString().slice(0, 19)}Z`;
        const query = {
          event: event === undefined ? 'workflow_dispatch' : 'repository_dispatch',
          created,
          per_page: String(pageSize),
        };
        const path = [...base, 'actions', 'workflows', workflow, 'runs'];
        return recognise(
          itemsAt((await http.ask({ path, query, headers: await headers() })).json(), 'workflow_runs'),
          key,
        );
      },
      async start(order) {
        if (event !== undefined) {
          const json = { event_type: event, client_payload: makePayload(order) };
          await http.ask({ method: 'POST', path: [...base, 'dispatches'], json, headers: await headers() });
          return undefined;
        }
        const path = [...base, 'actions', 'workflows', workflow, 'dispatches'];
        const json = { ref: branch, inputs: makeInputs(order), return_run_details: true };
        const answer = await http.ask({ method: 'POST', path, json, headers: await headers() });
        // Servers of one's own that are older do not name the run.
        if (answer.status === 204) return undefined;
        const started = answer.json();
        return { ref: requireId(started, 'workflow_run_id'), link: linkOf(textAt(started, 'html_url')) };
      },
      async read(ref) {
        const run = (await http.ask({ path: [...runs, ref], headers: await headers() })).json();
        const word =
          (textAt(run, 'status') === 'completed' ? textAt(run, 'conclusion') : textAt(run, 'status')) ??
          'unknown';
        return { status: statuses[word] ?? 'failed', word, link: linkOf(textAt(run, 'html_url')) };
      },
      async cancel(ref) {
        // 409: it has ended.
        await http.ask({
          method: 'POST',
          path: [...runs, ref, 'cancel'],
          headers: await headers(),
          accept: [409],
        });
      },
    };
  },
};

function recognise(runs: readonly unknown[], key: string): Found {
  const nameOf = (run: unknown) => `${textAt(run, 'display_title') ?? ''} ${textAt(run, 'name') ?? ''}`;
  const ours = runs.find((run) => nameOf(run).includes(key));
  if (ours !== undefined) return { ref: requireId(ours, 'id'), link: linkOf(at(ours, 'html_url')) };
  return runs.length < pageSize && runs.every((run) => anyKey.test(nameOf(run))) ? 'absent' : 'unknown';
}

/**
 * Inputs have to be declared by the workflow, and are few: without a choice, the whole environment is one of
 * them.
 */
function makeInputs({ key, chosen, environment }: Order): Readonly<Record<string, string>> {
  const inputs = { ...(chosen ?? { environment: JSON.stringify(environment) }), [keyName]: key };
  if (JSON.stringify(inputs).length <= mostInputLength) return inputs;
  throw new RemoteProblem(
    'refused',
    `the inputs have more than ${mostInputLength} characters, which GitHub does not take; choose fewer`,
  );
}

/** A payload has at most ten members. */
function makePayload({ key, chosen, environment }: Order): Readonly<Record<string, unknown>> {
  return chosen === undefined ? { environment, [keyName]: key } : { inputs: chosen, [keyName]: key };
}
