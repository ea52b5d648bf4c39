import { type Found, keyName, type Reading, type RemoteKind, type Started } from '../kind.ts';
import { RemoteProblem } from '../problem.ts';
import { at, itemsAt, linkOf, requireId, textAt } from '../shape.ts';
import { createJenkinsPost } from './jenkins-post.ts';

const results: Readonly<Record<string, Reading['status']>> = { SUCCESS: 'passed', ABORTED: 'cancelled' };

/** Our clock and the server's may differ by so much, in milliseconds. */
const skewMs = 120_000;
const mostBuilds = 100;
const parameters = 'actions[parameters[name,value]]';
const buildTree = `builds[number,url,queueId,timestamp,${parameters}]{0,${mostBuilds}}`;

/**
 * Builds of parameterised Jenkins jobs (https://www.jenkins.io/doc/book/using/remote-access-api/): a request
 * becomes an item of the queue, `queue/12`, which becomes a build, `build/34`. The key is a parameter, which
 * the job has to declare: Jenkins drops others, and where it did, nobody can know.
 */
export const jenkins: RemoteKind<'jenkins'> = {
  noun: 'the build',
  settleMs: 30_000,
  open({ job, user, token }, http) {
    const path = job.split('/').flatMap((name) => ['job', name]);
    const headers = { authorization: `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}` };
    const get = async (where: readonly string[], tree: string) =>
      (await http.ask({ path: [...where, 'api', 'json'], query: { tree }, headers })).json();
    const post = createJenkinsPost(http, headers);

    const readQueue = async () => {
      const address = http.address(...path).pathname;
      const items = itemsAt(await get(['queue'], `items[id,inQueueSince,task[url],${parameters}]`), 'items');
      return items.filter(
        (item) => URL.parse(textAt(item, 'task', 'url') ?? '')?.pathname.replace(/\/$/, '') === address,
      );
    };
    const readItem = async (id: string): Promise<Reading> => {
      try {
        const item = await get(['queue', 'item', id], 'cancelled,why,executable[number,url]');
        if (at(item, 'cancelled') === true) return { status: 'cancelled', word: 'cancelled in the queue' };
        if (at(item, 'executable', 'number') === undefined)
          return { status: 'queued', word: textAt(item, 'why') ?? 'queued' };
        return { status: 'running', word: 'started', ...toBuild(at(item, 'executable')) };
      } catch (error) {
        if (!(error instanceof RemoteProblem) || error.kind !== 'missing') throw error;
        // Items are forgotten some minutes after they left the queue.
        const build = itemsAt(await get(path, buildTree), 'builds').find(
          (one) => String(at(one, 'queueId')) === id,
        );
        if (build === undefined) throw error;
        return { status: 'running', word: 'started', ...toBuild(build) };
      }
    };
    return {
      async find({ key, since }) {
        const queued = await readQueue();
        const item = queued.find((one) => readKey(one) === key);
        if (item !== undefined) return { ref: `queue/${requireId(item, 'id')}` };
        return recognise(queued, itemsAt(await get(path, buildTree), 'builds'), key, since - skewMs);
      },
      async start({ key, chosen, environment }) {
        const answer = await post({
          path: [...path, 'buildWithParameters'],
          form: { ...(chosen ?? environment), [keyName]: key },
        });
        const [, id] = /\/queue\/item\/(\d+)\/?$/.exec(String(answer.headers.location ?? '')) ?? [];
        // Only the number is taken: the rest of the address is the server's own idea of its name.
        return id === undefined ? undefined : { ref: `queue/${id}` };
      },
      async read(ref) {
        const [kind, id = ''] = ref.split('/');
        if (kind === 'queue') return readItem(id);
        const build = await get([...path, id], 'building,result,url');
        const result = textAt(build, 'result');
        const link = linkOf(textAt(build, 'url'));
        if (at(build, 'building') === true || result === undefined)
          return { status: 'running', word: 'building', link };
        return { status: results[result] ?? 'failed', word: result, link };
      },
      async cancel(ref) {
        const [kind, id = ''] = ref.split('/');
        if (kind === 'queue')
          await post({ path: ['queue', 'cancelItem'], query: { id }, accept: [302, 404] });
        else await post({ path: [...path, id, 'stop'], accept: [302] });
      },
    };
  },
};

function recognise(
  queued: readonly unknown[],
  builds: readonly unknown[],
  key: string,
  after: number,
): Found {
  const build = builds.find((one) => readKey(one) === key);
  if (build !== undefined) return toBuild(build);
  const isLater = (one: unknown) => Number(at(one, 'timestamp') ?? at(one, 'inQueueSince')) >= after;
  const recent = [...queued, ...builds].filter(isLater);
  return recent.length < mostBuilds && recent.every((one) => readKey(one) !== undefined)
    ? 'absent'
    : 'unknown';
}

function readKey(value: unknown): string | undefined {
  const given = itemsAt(value, 'actions').flatMap((action) => itemsAt(action, 'parameters'));
  const found = given.find((one) => textAt(one, 'name') === keyName);
  return found === undefined ? undefined : (textAt(found, 'value') ?? '');
}

function toBuild(build: unknown): Started {
  return { ref: `build/${requireId(build, 'number')}`, link: linkOf(textAt(build, 'url')) };
}
