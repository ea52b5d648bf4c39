import { generateKeyPairSync, verify } from 'node:crypto';
import nock from 'nock';
import { describe, expect, it } from 'vitest';
import { expectExactRequests, key, now, openServer, order } from '../asked.ts';

// https://docs.github.com/en/rest/actions/workflows, https://docs.github.com/en/rest/actions/workflow-runs
// (version 2022-11-28)
const api = 'https://api.github.com';
const headers = {
  accept: 'application/vnd.github+json',
  'x-github-api-version': '2022-11-28',
  authorization: 'Bearer a-token',
  'user-agent': 'sluice',
};
const runs = '/repos/octo-org/octo-repo/actions/workflows/deploy.yaml/runs';
const settings = {
  repository: 'octo-org/octo-repo',
  workflow: 'deploy.yaml',
  ref: 'topic-branch',
  token: 'a-token',
};
const open = (changes = {}) => openServer({ kind: 'github', settings: { ...settings, ...changes } });
const html = 'https://github.com/octo-org/octo-repo/actions/runs/30433642';

describe('GitHub', () => {
  expectExactRequests();

  it('is asked for a workflow_dispatch whose answer names the run', async () => {
    const inputs = { environment: '{"GO_PACKAGE_FASTIFY_LABEL":"5.2.1"}', SLUICE_IDEMPOTENCY_KEY: key };
    nock(api, { reqheaders: headers })
      .post('/repos/octo-org/octo-repo/actions/workflows/deploy.yaml/dispatches', {
        ref: 'topic-branch',
        inputs,
        return_run_details: true,
      })
      .reply(200, {
        workflow_run_id: 30433642,
        run_url: `${api}/repos/octo-org/octo-repo/actions/runs/30433642`,
        html_url: html,
      });
    expect(await (await open()).start(order)).toEqual({ ref: '30433642', link: html });
  });

  it('of a version that answers 204 does not name it', async () => {
    const url = 'https://github.example.com/api/v3';
    nock(url).post('/repos/octo-org/octo-repo/actions/workflows/deploy.yaml/dispatches').reply(204);
    expect(await (await open({ url })).start({ ...order, chosen: { version: '5.2.1' } })).toBeUndefined();
  });

  it('is asked for a repository_dispatch', async () => {
    const payload = { environment: order.environment, SLUICE_IDEMPOTENCY_KEY: key };
    nock(api, { reqheaders: headers })
      .post('/repos/octo-org/octo-repo/dispatches', { event_type: 'published', client_payload: payload })
      .reply(204);
    expect(await (await open({ ref: undefined, event: 'published' })).start(order)).toBeUndefined();
  });

  it('takes no more inputs than it takes', async () => {
    const chosen = { everything: 'x'.repeat(65_536) };
    await expect((await open()).start({ ...order, chosen })).rejects.toThrow('65535 characters');
  });

  const uuid = '11111111-2222-3333-4444-555555555555';
  it.each([
    [
      'is the one whose name shows the key',
      [{ id: 2, display_title: `Deploy ${key}`, html_url: html }],
      { ref: '2', link: html },
    ],
    ['is not there where all others show their own', [{ id: 1, display_title: `Deploy ${uuid}` }], 'absent'],
    ['is not there where there is none', [], 'absent'],
    ['may be one that shows no key', [{ id: 1, display_title: 'Deploy' }], 'unknown'],
  ])('is asked for the runs since: the run %s', async (_title, found, expected) => {
    const query = { event: 'workflow_dispatch', created: '>=2026-11-25T11:58:00Z', per_page: '100' };
    nock(api, { reqheaders: headers })
      .get(runs)
      .query(query)
      .reply(200, { total_count: found.length, workflow_runs: found });
    expect(await (await open()).find({ key, since: now, mark: undefined })).toEqual(expected);
  });

  it.each([
    ['queued', null, 'queued', 'queued'],
    ['waiting', null, 'queued', 'waiting'],
    ['in_progress', null, 'running', 'in_progress'],
    ['completed', 'success', 'passed', 'success'],
    ['completed', 'failure', 'failed', 'failure'],
    ['completed', 'timed_out', 'failed', 'timed_out'],
    ['completed', 'skipped', 'failed', 'skipped'],
    ['completed', 'cancelled', 'cancelled', 'cancelled'],
  ])('says %s, %s: %s', async (status, conclusion, expected, word) => {
    const run = { id: 30433642, status, conclusion, html_url: html };
    nock(api, { reqheaders: headers }).get('/repos/octo-org/octo-repo/actions/runs/30433642').reply(200, run);
    expect(await (await open()).read('30433642')).toEqual({ status: expected, word, link: html });
  });

  it.each([202, 409])('is asked to cancel, and may answer %i', async (status) => {
    nock(api, { reqheaders: headers })
      .post('/repos/octo-org/octo-repo/actions/runs/30433642/cancel')
      .reply(status, {});
    await (await open()).cancel('30433642');
  });

  it('that says by 403 that it is asked too often is asked later', async () => {
    const limits = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 90) };
    nock(api)
      .get('/repos/octo-org/octo-repo/actions/runs/1')
      .reply(403, { message: 'API rate limit exceeded' }, limits);
    await expect((await open()).read('1')).rejects.toMatchObject({ kind: 'busy', retryAfterMs: 90_000 });
  });

  it('shows no link that is none of http', async () => {
    nock(api)
      .get('/repos/octo-org/octo-repo/actions/runs/1')
      .reply(200, { status: 'queued', html_url: 'javascript:alert(1)' });
    expect((await (await open()).read('1')).link).toBeUndefined();
  });
});

describe('a GitHub App', () => {
  expectExactRequests();
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const app = {
    appId: '12345',
    installationId: '678',
    privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  };
  const mint = (token: string, expiresAt: string, tell = (_authorization: string) => {}) =>
    nock(api)
      .matchHeader('authorization', (authorization) => {
        tell(authorization ?? '');
        return true;
      })
      .post('/app/installations/678/access_tokens')
      .reply(201, { token, expires_at: expiresAt });
  const expectToken = (token: string) =>
    nock(api, { reqheaders: { authorization: `Bearer ${token}` } })
      .get('/repos/octo-org/octo-repo/actions/runs/1')
      .reply(200, { status: 'queued' });

  it('proves itself by a JWT with RS256, and its token is used until shortly before it expires', async () => {
    // https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
    const time = { ms: now };
    const jwts: string[] = [];
    mint('ghs_first', '2026-11-25T13:00:00Z', (jwt) => void jwts.push(jwt));
    expectToken('ghs_first');
    const { token: _, ...rest } = settings;
    const server = await openServer({ kind: 'github', settings: { ...rest, app } }, time);
    await server.read('1');
    time.ms = Date.parse('2026-11-25T12:54:00Z');
    expectToken('ghs_first');
    await server.read('1');
    time.ms = Date.parse('2026-11-25T12:56:00Z');
    mint('ghs_second', '2026-11-25T14:00:00Z');
    expectToken('ghs_second');
    await server.read('1');

    const [header = '', claims = '', signature = ''] = jwts[0]?.replace('Bearer ', '').split('.') ?? [];
    const open = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(open(header)).toEqual({ alg: 'RS256', typ: 'JWT' });
    expect(open(claims)).toEqual({ iat: now / 1000 - 60, exp: now / 1000 + 540, iss: '12345' });
    expect(
      verify(
        'RSA-SHA256',
        Buffer.from(`${header}.${claims}`),
        publicKey,
        Buffer.from(signature, 'base64url'),
      ),
    ).toBe(true);
  });

  it('with a key that is none says so, without the key', async () => {
    const { token: _, ...rest } = settings;
    const server = await openServer({
      kind: 'github',
      settings: { ...rest, app: { ...app, privateKey: 'no-key-at-all' } },
    });
    await expect(server.read('1')).rejects.toThrow('no RSA key in PEM form');
    await expect(server.read('1')).rejects.not.toThrow('no-key-at-all');
  });
});
