import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type AccessStory,
  allTokens,
  beginAccessStory,
  hash,
  hookSecret,
  tokens,
} from '../../support/access-story.ts';
import { readEvents } from '../../support/event-reader.ts';
import { describeStores, type StorePlace } from '../../support/stores.ts';

describeStores('a server with access:', (placeStore) => {
  let at: StorePlace;
  let story: AccessStory;
  beforeAll(async () => {
    at = await placeStore();
    story = await beginAccessStory(at.url);
  });
  afterAll(async () => {
    await story?.end();
    await at?.remove();
  });

  const without = (...names: readonly string[]) =>
    Object.fromEntries(Object.entries(allTokens).filter(([name]) => !names.includes(name)));
  const statusOf = async (as: keyof typeof tokens) => (await story.ask('/api/v1/pipelines', { as })).status;

  /** With headers that a browser, and fetch, would not let anybody set. */
  async function send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<number | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    const all = {
      authorization: `Bearer ${tokens.operator}`,
      'content-type': 'application/json',
      ...headers,
    };
    const sent = request(story.server.url + path, { method, headers: all }, (answer) => {
      text(answer).then(() => resolve(answer.statusCode), reject);
    });
    sent.on('error', reject).end(method === 'POST' ? '{}' : '');
    return promise;
  }

  it('answers to any Host, and takes the word of a proxy', async () => {
    const headers = {
      host: 'sluice.example.com',
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-proto': 'https',
    };
    expect(await send('GET', '/api/v1/pipelines', headers)).toBe(200);
  });

  it('is changed by no page of another origin, and by those of its own: by Host, or by server.url', async () => {
    const poll = '/api/v1/repositories/shop/poll';
    expect(await send('POST', poll, { origin: 'https://evil.example.com' })).toBe(403);
    expect(await send('POST', poll, { origin: 'http://sluice.example.com' })).toBe(403);
    expect(await send('POST', poll, { origin: 'https://sluice.example.com' })).toBe(202);
    expect(await send('POST', poll, { origin: 'https://other.example.com', host: 'other.example.com' })).toBe(
      202,
    );
    expect(await send('POST', poll, { 'content-type': 'text/plain' })).toBe(415);
  });

  it('writes down who did what, from where, when, for whom', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.9, 192.0.2.1' };
    const answer = await story.read('/api/v1/pipelines/build/runs', {
      as: 'ci',
      method: 'POST',
      headers,
      body: { materials: { 'shop/it': '1.0.0' } },
    });
    const run = answer.body as { readonly counter: number; readonly cause: string };
    expect({ status: answer.status, cause: run.cause }).toEqual({ status: 201, cause: 'triggered by ci' });
    await story.ask('/api/v1/hooks/shop', { method: 'POST', headers: { 'x-sluice-token': hookSecret } });

    const listed = await story.read('/api/v1/audit', { as: 'admin' });
    const { items } = listed.body as { items: readonly Readonly<Record<string, unknown>>[] };
    const ofCi = { actor: 'ci', person: 'olga', from: '192.0.2.1', at: expect.stringMatching(/^\d{4}-.*Z$/) };
    expect(items[0]).toMatchObject({ actor: 'hook', action: 'hook', subject: 'shop' });
    expect(items[1]).toMatchObject({
      ...ofCi,
      action: 'trigger',
      subject: `build/${run.counter}`,
      details: { materials: { 'shop/it': '1.0.0' } },
    });
    expect(items[2]).toMatchObject({ ...ofCi, action: 'poll', subject: 'shop', details: { for: 'build' } });
    expect(items.at(-1)).toMatchObject({
      actor: 'configuration',
      action: 'configuration.loaded',
      from: null,
    });

    const ofBuild = await story.read('/api/v1/audit?subject=build&actor=ci', { as: 'admin' });
    expect(ofBuild.body).toMatchObject({ items: [{ action: 'trigger' }], next: null, searchedTo: null });
    const today = new Date().toISOString().slice(0, 10);
    const ofDay = await story.read(
      `/api/v1/audit?person=olga&action=trigg&subject=build&since=${today}&until=${today}`,
      {
        as: 'admin',
      },
    );
    expect(ofDay.body).toEqual(ofBuild.body);
    expect((await story.read('/api/v1/audit?until=2001-01-01', { as: 'admin' })).body).toMatchObject({
      items: [],
    });
    const noDay = await story.read('/api/v1/audit?since=2026-02-30', { as: 'admin' });
    expect(noDay).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringMatching(/^since: "2026-02-30" is not a time: /) } },
    });
    const refused = await story.read('/api/v1/pipelines/build/runs', {
      as: 'ci',
      method: 'POST',
      body: { materials: { no: '1' } },
    });
    expect(refused.status).toBe(422);
    expect((await story.read('/api/v1/audit?subject=build', { as: 'admin' })).body).toMatchObject({
      items: [{ action: 'trigger' }],
    });
  });

  it('writes down who took new bytes for right', async () => {
    const dist = {
      tarball: `${story.registry.url}other.tgz`,
      integrity: `sha512-${Buffer.alloc(64, 1).toString('base64')}`,
    };
    story.registry.publish('1.0.0', { dist });
    await story.ask('/api/v1/repositories/shop/poll', {
      as: 'operator',
      method: 'POST',
      body: { wait: true },
    });
    const body = { digest: `sha512:${'01'.repeat(64)}`, comment: 'the build was repeated' };
    const path = '/api/v1/repositories/shop/packages/it/revisions/1.0.0/acknowledge';
    expect(await story.read(path, { as: 'ci', method: 'POST', body })).toEqual({
      status: 200,
      body: { acknowledged: true },
    });
    expect((await story.ask(path, { as: 'ci', method: 'POST', body })).status).toBe(409);
    const { body: audit } = await story.read('/api/v1/audit?subject=shop/it', { as: 'admin' });
    expect(audit).toMatchObject({
      items: [
        { actor: 'ci', person: 'olga', action: 'acknowledge', subject: 'shop/it/1.0.0', details: body },
      ],
      next: null,
    });
  });

  it('takes both tokens while one is rotated, and only the new one after that', async () => {
    expect([await statusOf('ci'), await statusOf('ciBefore')]).toEqual([200, 200]);
    await story.reconfigure({
      tokens: { ...allTokens, ci: `{ sha256: [${hash('ci')}], roles: [operator], person: olga }` },
    });
    expect([await statusOf('ci'), await statusOf('ciBefore')]).toEqual([200, 401]);
  });

  it.each([
    ['is removed', without('victor')],
    [
      'is made to expire',
      { ...allTokens, victor: `{ sha256: [${hash('viewer')}], roles: [viewer], expires: 2001-01-01 }` },
    ],
  ])('closes the streams of a token that %s, and no other', async (_, others) => {
    const revoked = await story.ask('/api/v1/events', { as: 'viewer' });
    const kept = await story.ask('/api/v1/events', { as: 'admin' });
    const ended = readEvents(revoked, () => false);
    await story.reconfigure({ tokens: others });
    expect((await ended).filter(({ type }) => type.startsWith('pipelinerun'))).toEqual([]);
    expect(await statusOf('viewer')).toBe(401);
    await story.reconfigure({});
    const loads = await readEvents(kept, ({ type }) => type === 'configuration.loaded');
    expect(loads.length).toBeGreaterThan(0);
  });

  it('tells an open stream nothing more of a pipeline that was hidden meanwhile', async () => {
    const stream = await story.ask('/api/v1/events', { as: 'viewer' });
    await story.reconfigure({ build: '{ view: [alice] }' });
    await story.publish('1.2.0');
    const { body } = await story.read('/api/v1/pipelines', { as: 'viewer' });
    expect(body).toMatchObject({ items: [{ name: 'acceptance' }] });
    const told = await readEvents(
      stream,
      ({ type, data }) => type === 'pipelinerun.finished' && data['pipeline'] === 'acceptance',
    );
    expect(told.filter(({ data }) => data['pipeline'] === 'build')).toEqual([]);
  });

  it('tells what is wrong with a refused configuration only to those who may see all of it', async () => {
    await story.place.configure('nonsense: true\n');
    const readRefused = async (as: keyof typeof tokens) => {
      const { body } = await story.read('/api/v1/configuration', { as });
      return (body as { readonly refused: { readonly problems: readonly string[] } | null }).refused;
    };
    await expect
      .poll(() => readRefused('admin'))
      .toMatchObject({ problems: [expect.stringContaining('nonsense')] });
    expect(await readRefused('viewer')).toMatchObject({ problems: [] });
    const readAudit = async () =>
      (await story.read('/api/v1/audit?actor=configuration&limit=1', { as: 'admin' })).body;
    const problems = [expect.stringContaining('nonsense')];
    await expect
      .poll(readAudit)
      .toMatchObject({ items: [{ action: 'configuration.refused', details: { problems } }] });
  });

  it('refuses wrong tokens of an address that sent many, and no right one', async () => {
    const guess = (token: string, from: string) =>
      story.ask('/api/v1/pipelines', {
        headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': from },
      });
    for (let count = 0; count < 20; count++)
      expect((await guess(`guess-${count}`, '198.51.100.7')).status).toBe(401);
    expect((await guess('guess-20', '198.51.100.7')).status).toBe(429);
    expect((await guess('guess-21', '198.51.100.7, 198.51.100.8')).status).toBe(401);
    expect((await guess(tokens.admin, '198.51.100.7')).status).toBe(200);
    expect(story.server.output()).toContain('198.51.100.7 has sent too many different wrong tokens');
    expect(story.server.output()).not.toContain('slc_');
  });
});
