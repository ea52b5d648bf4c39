import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { assetPath } from '../../src/api/pages/assets.ts';
import { openHouse } from './house.ts';

const people = { alice: ['admin'] };

it.each([
  ['a page', '/', 200],
  ['a page that is not there', '/nothing', 404],
  ['a file', assetPath('sluice.css'), 200],
  ['a file that is not there', '/assets/old/sluice.css', 404],
  ['a list', '/api/v1/pipelines', 200],
  ['what the API does not have', '/api/v1/nothing', 404],
  ['an address that cannot be read', '/api/v1/pipelines/%zz', 400],
  ['a parameter that does not fit', '/api/v1/audit?limit=0', 400],
  ['measures', '/metrics', 200],
  ['readiness', '/readyz', 200],
  ['a stream', '/api/v1/events', 200],
])('browsers take %s for what it says it is', async (_, path, status) => {
  const { ask } = await openHouse({ people });
  const answer = await ask(path, 'alice', { headers: { accept: 'text/html' } });
  await answer.body?.cancel();
  expect([answer.status, answer.headers.get('x-content-type-options')]).toEqual([status, 'nosniff']);
});

it.each([
  ['a refusal', 'GET', '/api/v1/pipelines', 401],
  ['a page to sign in', 'GET', '/', 401],
  ['what is neither JSON nor a form of ours', 'DELETE', '/api/v1/pipelines', 415],
  ['a form without proof', 'POST', '/sign-out', 403],
])('and %s', async (_, method, path, status) => {
  const { ask } = await openHouse({ people });
  const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await ask(path, undefined, { method, headers });
  expect([answer.status, answer.headers.get('x-content-type-options')]).toEqual([status, 'nosniff']);
});

it.each([
  ['what is no HTTP', 'nonsense\r\n\r\n', 400],
  ['a head without end', `GET / HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
])('and the answer to %s', async (_, sent, status) => {
  const { url } = await openHouse({ people });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(sent);
  const answer = await text(socket);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} .*\\r\\nx-content-type-options: nosniff\\r\\n`));
  expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({
    error: { code: 'BAD_REQUEST' },
  });
});
