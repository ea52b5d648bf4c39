import { keyName, type Reading, type RemoteKind } from '../kind.ts';
import { RemoteProblem } from '../problem.ts';
import { at, itemsAt, linkOf, requireId, textAt } from '../shape.ts';

/** The newest version of each part of the API that the server has. */
const newest = { accept: 'application/vnd.go.cd+json' };
const pageSize = 50;

/**
 * Instances of GoCD pipelines (https://api.gocd.org/current/#scheduling-pipelines). The request is taken
 * without naming the instance, and no list shows an instance's variables: it is recognised, among those that
 * were triggered after the request, by the console logs of its jobs, which begin with the variables. So an
 * instance can be found, and never be said not to be there.
 */
export const gocd: RemoteKind<'gocd'> = {
  noun: 'the pipeline instance',
  settleMs: 60_000,
  open({ pipeline, token }, http) {
    const headers = { ...newest, authorization: `Bearer ${token}` };
    const instances = ['api', 'pipelines', pipeline];
    const readHistory = async () => {
      const query = { page_size: String(pageSize) };
      return itemsAt(
        (await http.ask({ path: [...instances, 'history'], query, headers })).json(),
        'pipelines',
      );
    };
    const showsKey = async (counter: string, stage: unknown, job: unknown, key: string): Promise<boolean> => {
      const run = [textAt(stage, 'name') ?? '', String(at(stage, 'counter')), textAt(job, 'name') ?? ''];
      const path = ['files', pipeline, counter, ...run, 'cruise-output', 'console.log'];
      try {
        return (await http.ask({ path, headers: { authorization: headers.authorization, accept: '*/*' } }))
          .text()
          .includes(key);
      } catch (error) {
        // Before an agent took the job there is no log.
        if (error instanceof RemoteProblem && error.kind === 'missing') return false;
        throw error;
      }
    };
    const carriesKey = async (instance: unknown, counter: string, key: string): Promise<boolean> => {
      for (const stage of itemsAt(instance, 'stages')) {
        for (const job of itemsAt(stage, 'jobs')) if (await showsKey(counter, stage, job, key)) return true;
      }
      return false;
    };
    const linkTo = (counter: string) =>
      linkOf(http.address('pipelines', 'value_stream_map', pipeline, counter).href);
    return {
      async readMark() {
        const [last] = await readHistory();
        return last === undefined ? '0' : requireId(last, 'counter');
      },
      async find({ key, mark }) {
        for (const instance of await readHistory()) {
          const counter = requireId(instance, 'counter');
          const isLater = Number(counter) > Number(mark ?? 0);
          const isForced = at(instance, 'build_cause', 'trigger_forced') === true;
          if (isLater && isForced && (await carriesKey(instance, counter, key)))
            return { ref: counter, link: linkTo(counter) };
        }
        return 'unknown';
      },
      async start({ key, chosen = {} }) {
        const variables = Object.entries({ ...chosen, [keyName]: key }).map(([name, value]) => ({
          name,
          value,
          secure: false,
        }));
        const json = { environment_variables: variables, update_materials_before_scheduling: true };
        await http.ask({ method: 'POST', path: [...instances, 'schedule'], headers, json });
        return undefined;
      },
      async read(ref) {
        const instance = (await http.ask({ path: [...instances, ref], headers })).json();
        return { ...judge(itemsAt(instance, 'stages')), link: linkTo(ref) };
      },
      async cancel(ref) {
        const instance = (await http.ask({ path: [...instances, ref], headers })).json();
        const stage = itemsAt(instance, 'stages').find((one) => isActive(one));
        if (stage === undefined) return;
        const path = [
          'api',
          'stages',
          pipeline,
          ref,
          textAt(stage, 'name') ?? '',
          String(at(stage, 'counter')),
          'cancel',
        ];
        await http.ask({ method: 'POST', path, headers: { ...headers, 'x-gocd-confirm': 'true' } });
      },
    };
  },
};

/** Stages that wait for people keep the instance running, as long as the job's time limit allows. */
function judge(stages: readonly unknown[]): Pick<Reading, 'status' | 'word'> {
  const results = stages.map((stage) => ({
    name: textAt(stage, 'name'),
    result: textAt(stage, 'result') ?? 'Unknown',
  }));
  const failed = results.find(({ result }) => result === 'Failed');
  if (failed !== undefined) return { status: 'failed', word: `stage ${failed.name} Failed` };
  const cancelled = results.find(({ result }) => result === 'Cancelled');
  if (cancelled !== undefined) return { status: 'cancelled', word: `stage ${cancelled.name} Cancelled` };
  if (results.length > 0 && results.every(({ result }) => result === 'Passed'))
    return { status: 'passed', word: 'Passed' };
  const jobs = stages.flatMap((stage) => itemsAt(stage, 'jobs'));
  const hasBegun = jobs.some((job) => !['Scheduled', undefined].includes(textAt(job, 'state')));
  return hasBegun ? { status: 'running', word: 'Building' } : { status: 'queued', word: 'Scheduled' };
}

function isActive(stage: unknown): boolean {
  return (
    at(stage, 'scheduled') === true &&
    !['Passed', 'Failed', 'Cancelled'].includes(textAt(stage, 'result') ?? '')
  );
}
