import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkplace, type Server, type Workplace } from '../../support/sluice.ts';

const configuration = `
server: { port: 0 }
repositories: { shop: { plugin: npm, config: { url: "http://127.0.0.1:1/" }, poll: { manual: true }, packages: { it: { config: { name: watched } } } } }
pipelines: { build: { materials: [{ package: shop/it }], stages: [{ name: make, jobs: { it: { run: 'true' } } }] } }
`;
const forPeople = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const page = expect.stringMatching(/^text\/html/);
const json = expect.stringMatching(/^application\/json/);

describe('what cannot be answered', () => {
  let place: Workplace;
  let server: Server;
  beforeAll(async () => {
    place = await openWorkplace();
    await place.configure(configuration);
    server = await place.serve();
  });
  afterAll(() => place?.remove());

  async function ask(path: string, accept: string) {
    const answer = await fetch(server.url + path, { headers: { accept } });
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
  }

  it.each([
    '/nonsense',
    '/nonsense/<b>?x=1',
    '/pipelines/build/nonsense',
    '/pipelines/nothing',
    '/repositories/nothing',
  ])('is a page in a browser: %s', async (path) => {
    const { status, type, text } = await ask(path, forPeople);
    expect({ status, type }).toEqual({ status: 404, type: page });
    expect(text).toContain('There is no such page');
    expect(text).toContain('<a class="button" href="/">All pipelines</a>');
    expect(text).not.toContain('<b>');
  });

  it.each([
    ['/nonsense', '*/*'],
    ['/api/v1/nonsense', '*/*'],
    ['/api/v1/nonsense', forPeople],
    ['/api/v1/pipelines/nothing', forPeople],
  ])('is JSON for programs, and always in the API: %s, %s', async (path, accept) => {
    const { status, type, text } = await ask(path, accept);
    expect({ status, type }).toEqual({ status: 404, type: json });
    expect(JSON.parse(text)).toEqual({ error: { code: 'NOT_FOUND', message: expect.any(String) } });
  });

  it('says that the server failed, and no more', async () => {
    const database = new DatabaseSync(join(place.directory, 'sluice.db'));
    database.exec('alter table run rename to run_elsewhere');
    try {
      const shown = await ask('/', forPeople);
      expect({ status: shown.status, type: shown.type }).toEqual({ status: 500, type: page });
      expect(shown.text).toContain('The server failed; its log says more.');
      expect(shown.text).not.toMatch(/no such table/i);
      const answered = await ask('/api/v1/pipelines', '*/*');
      expect({ status: answered.status, type: answered.type }).toEqual({ status: 500, type: json });
      expect(server.output()).toContain('no such table');
    } finally {
      database.exec('alter table run_elsewhere rename to run');
      database.close();
    }
    expect((await ask('/', forPeople)).status).toBe(200);
  });
});
