import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A request as it arrived. */
export interface Received {
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver on loopback. */
export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** Answers from now on; nothing is answered where it does nothing. */
  answer: (response: ServerResponse, request: Received) => void;
}

/** Starts a receiver that answers 204 unless told otherwise; it is closed after the test. */
export async function startReceiver(
  answer: Receiver['answer'] = (response) => response.writeHead(204).end(),
): Promise<Receiver> {
  const receiver: { url: string; received: Received[]; answer: Receiver['answer'] } = {
    url: '',
    received: [],
    answer,
  };
  const server = createServer(async (request, response) => {
    const one = { method: request.method, headers: request.headers, body: await text(request) };
    receiver.received.push(one);
    receiver.answer(response, one);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  receiver.url = `http://127.0.0.1:${port}/events`;
  return receiver;
}

/** An answer with this status, body and headers. */
export function answerWith(
  status: number,
  body = '',
  headers: Readonly<Record<string, string>> = {},
): Receiver['answer'] {
  return (response) => response.writeHead(status, headers).end(body);
}

/** What the receiver took, as the parts of the CloudEvents that tests look at. */
export function readEvent({ body }: Received): {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
} {
  return JSON.parse(body);
}
