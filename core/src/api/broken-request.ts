import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { codeOfStatus, toErrorBody } from './api-error.ts';
import { everyAnswer } from './every-answer.ts';

const statuses: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

/** Answers what is no HTTP request, or one that never ends, and leaves. */
export function answerBrokenRequest({ code = '' }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) return;
  const status = statuses[code] ?? 400;
  const text = STATUS_CODES[status] ?? '';
  const body = JSON.stringify(
    toErrorBody(codeOfStatus(status), `${text}: this is no HTTP request that can be answered`),
  );
  const headers = {
    ...everyAnswer,
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${text}\r\n${lines.join('')}connection: close\r\n\r\n${body}`);
}
