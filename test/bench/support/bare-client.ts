import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent as HttpAgent } from 'node:http';
import got from 'got';
import { Agent, request } from 'undici';

/** HTTP clients without anything around them. */
export type BareClient = 'undici.request' | 'got';

/** What a bare client is to ask, each `url + name` once. */
export interface BareWork {
  readonly client: BareClient;
  readonly url: string;
  readonly names: readonly string[];
  /** The ETag that is known of every document; without one, documents are fetched. */
  readonly etag?: string;
  readonly concurrency: number;
}

/** What it cost. */
export interface BareCost {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Runs bare clients in one process of their own, which is warm after its first work. */
export interface BareClients {
  ask(work: BareWork): Promise<BareCost>;
  close(): void;
}

/** Starts the process. */
export function startBareClients(): BareClients {
  const child = fork(import.meta.filename);
  return {
    async ask(work) {
      child.send(work);
      const [cost]: BareCost[] = await once(child, 'message');
      if (!cost) throw new Error('the bare client told no cost');
      return cost;
    },
    close: () => void child.kill(),
  };
}

type Ask = (url: string, headers: Readonly<Record<string, string>>) => Promise<number>;

async function measure(work: BareWork): Promise<BareCost> {
  const { url, names, etag, concurrency } = work;
  const ask = clients[work.client](concurrency);
  const headers = {
    accept: 'application/json',
    'accept-encoding': 'gzip',
    ...(etag !== undefined && { 'if-none-match': etag }),
  };
  const wanted = etag === undefined ? 200 : 304;
  const waiting = names[Symbol.iterator]();
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const askOn = async () => {
    for (const name of waiting) {
      const status = await ask(url + name, headers);
      if (status !== wanted) throw new Error(`${name} was answered ${status}, not ${wanted}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, askOn));
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 };
}

const clients: Readonly<Record<BareClient, (concurrency: number) => Ask>> = {
  'undici.request': (connections) => {
    const dispatcher = new Agent({ connections });
    return async (url, headers) => {
      const { statusCode, body } = await request(url, { headers, dispatcher });
      await body.arrayBuffer();
      return statusCode;
    };
  },
  got: (maxSockets) => {
    const agent = { http: new HttpAgent({ keepAlive: true, maxSockets }) };
    const client = got.extend({ agent, retry: { limit: 0 }, throwHttpErrors: false, responseType: 'buffer' });
    return async (url, headers) => (await client(url, { headers })).statusCode;
  },
};

if (import.meta.main) {
  process.on('message', async (work: BareWork) => {
    process.send?.(await measure(work));
  });
}
