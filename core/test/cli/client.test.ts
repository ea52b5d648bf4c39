import { createServer, type RequestListener } from 'node:http';
import { createServer as createRawServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { runSluice } from './run.ts';

/** A server that is none of Sluice's. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

const page = '<!doctype html><title>Oops</title>';

test.each([
  [200, {}, 'answered something else than JSON, which Sluice does not'],
  [404, {}, 'answered 404 to /api/v1/repositories, which Sluice does not'],
  [500, {}, 'answered 500 to /api/v1/repositories, which Sluice does not'],
  [401, {}, 'wants an access token: set SLUICE_TOKEN to yours'],
  [302, { location: '/elsewhere' }, 'sends requests elsewhere; name the address'],
])('a page with the status %i is told in one line that says what to do', async (status, headers, message) => {
  const url = await serve((_, answer) =>
    answer.writeHead(status, { 'content-type': 'text/html', ...headers }).end(page),
  );
  const { code, stdout, stderr } = await runSluice(['status', '--server', url]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).toMatch(/^sluice: [^\n]+\n$/);
  expect(stderr).not.toContain('doctype');
});

test('what does not speak TLS, or no HTTP, is told as that', async () => {
  const url = await serve((_, answer) => answer.end('{}'));
  const tls = await runSluice(['status', '--server', url.replace('http:', 'https:')]);
  expect(tls.stderr).toMatch(
    /^sluice: no server answers at https:\S+; it does not speak TLS; write http:\/\/ instead of https:\/\/\n$/,
  );
  const raw = createRawServer((socket) => socket.end('220 mail.example.com ESMTP\r\n'));
  onTestFinished(() => void raw.close());
  await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
  const address = raw.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const { stderr } = await runSluice(['status', '--server', `http://127.0.0.1:${port}`]);
  expect(stderr).toMatch(
    /^sluice: what answers at \S+ does not speak HTTP; correct --server or SLUICE_SERVER\n$/,
  );
});
