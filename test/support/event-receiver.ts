import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A CloudEvent as a receiver took it, as far as tests look at it. */
export interface TakenEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly data: unknown;
}

/** A receiver of events on loopback. */
export interface EventReceiver {
  readonly url: string;
  /** What was answered with 2xx, in the order in which it came. */
  readonly taken: TakenEvent[];
  /** What to answer from now on; 204 at first. Nothing is answered where it answers undefined. */
  status: () => number | undefined;
  close(): Promise<void>;
}

/** Starts a receiver. */
export async function startEventReceiver(): Promise<EventReceiver> {
  const receiver = {
    url: '',
    taken: [] as TakenEvent[],
    status: (): number | undefined => 204,
    close: async () => {},
  };
  const answer = async (response: ServerResponse, body: string) => {
    const status = receiver.status();
    if (status === undefined) return;
    if (status < 300) receiver.taken.push(JSON.parse(body));
    response.writeHead(status).end();
  };
  const server = createServer(async (request, response) => answer(response, await text(request)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`;
  receiver.close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return receiver;
}
