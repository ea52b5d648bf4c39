import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent as HttpAgent } from 'node:http';
import got from 'got';
import { Agent, request } from 'undici';
import type { BareClient, BareCost } from './bare-client.ts';

/** What a bare client is to send: the same body so many times. */
export interface PostWork {
  readonly client: BareClient;
  readonly url: string;
  readonly body: string;
  readonly times: number;
  readonly concurrency: number;
}

/** HTTP clients without anything around them that send, in one process of their own. */
export interface BarePosters {
  send(work: PostWork): Promise<BareCost>;
  close(): void;
}

/** Starts the process. */
export function startBarePosters(): BarePosters {
  const child = fork(import.meta.filename);
  return {
    async send(work) {
      child.send(work);
      const [cost]: BareCost[] = await once(child, 'message');
      if (!cost) throw new Error('the bare client told no cost');
      return cost;
    },
    close: () => void child.kill(),
  };
}

const headers = { 'content-type': 'application/cloudevents+json; charset=utf-8' };

const clients: Readonly<Record<BareClient, (work: PostWork) => () => Promise<number>>> = {
  'undici.request': ({ url, body, concurrency }) => {
    const dispatcher = new Agent({ connections: concurrency });
    return async () => {
      const answer = await request(url, { method: 'POST', headers, body, dispatcher });
      await answer.body.arrayBuffer();
      return answer.statusCode;
    };
  },
  got: ({ url, body, concurrency }) => {
    const agent = { http: new HttpAgent({ keepAlive: true, maxSockets: concurrency }) };
    const client = got.extend({ agent, retry: { limit: 0 }, throwHttpErrors: false, headers });
    return async () => (await client.post(url, { body })).statusCode;
  },
};

async function measure(work: PostWork): Promise<BareCost> {
  const send = clients[work.client](work);
  let left = work.times;
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const sendOn = async () => {
    while (left-- > 0) {
      const status = await send();
      if (status !== 204) throw new Error(`an event was answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: work.concurrency }, sendOn));
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - started) / 1000, cpuSeconds: (user + system) / 1e6 };
}

if (import.meta.main) {
  process.on('message', async (work: PostWork) => {
    process.send?.(await measure(work));
  });
}
