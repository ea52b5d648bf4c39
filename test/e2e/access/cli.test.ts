import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccessStory, beginAccessStory, tokens } from '../../support/access-story.ts';
import { openWorkplace, type Workplace } from '../../support/sluice.ts';

describe('sluice token new', () => {
  let place: Workplace;
  beforeAll(async () => {
    place = await openWorkplace();
  });
  afterAll(() => place?.remove());

  it('prints a token, and a line for access: that lets it in', async () => {
    const options = [
      '--name',
      'alice',
      '--role',
      'admin',
      '--role',
      'qa',
      '--person',
      'a.b',
      '--expires',
      '2999-01-01',
    ];
    const { code, stdout, stderr } = await place.sluice('token', 'new', ...options);
    const [token = '', line = ''] = stdout.split('\n');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('SLUICE_TOKEN') });
    expect(token).toMatch(/^slc_[\w-]{43}$/);
    expect(line).toBe(
      `    alice: { sha256: [${createHash('sha256').update(token).digest('hex')}], roles: [admin, qa], person: "a.b", expires: 2999-01-01 }`,
    );
    await place.configure(`server: { port: 0 }\naccess:\n  tokens:\n${line}\n`);
    expect((await place.sluice('validate')).code).toBe(0);
    const server = await place.serve();
    const ask = (bearer: string) =>
      fetch(`${server.url}/api/v1/audit`, { headers: { authorization: `Bearer ${bearer}` } });
    expect([(await ask(token)).status, (await ask(`${token}x`)).status]).toEqual([200, 401]);
    await server.stop();
  });

  it('makes another one each time', async () => {
    const made = await Promise.all([1, 2].map(() => place.sluice('token', 'new')));
    expect(new Set(made.map(({ stdout }) => stdout.split('\n')[0])).size).toBe(2);
    expect(made[0]?.stdout).toContain('roles: [viewer]');
  });

  it.each([
    ['a name that is none', ['--name', 'a b']],
    ['a name that stands for something else', ['--name', 'configuration']],
    ['a role that is none', ['--role', '']],
    ['a date that is none', ['--expires', '2027-02-30']],
  ])('refuses %s, exit 2', async (_, options) => {
    expect(await place.sluice('token', 'new', ...options)).toMatchObject({ code: 2, stdout: '' });
  });

  it('validate warns of a token that has expired', async () => {
    await place.configure(
      `access: { tokens: { old: { sha256: [${'a'.repeat(64)}], expires: 2001-01-01 } } }\n`,
    );
    const { code, stderr } = await place.sluice('validate');
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^sluice\.yaml: the token "old" has expired at 2001-01-01T00:00:00\.000Z .*renew or remove it\n$/,
    );
  });
});

describe('commands that talk to a server with access:', () => {
  let story: AccessStory;
  let mine: Workplace;
  beforeAll(async () => {
    story = await beginAccessStory('sqlite:sluice.db');
    mine = await openWorkplace({ SLUICE_SERVER: story.server.url, SLUICE_TOKEN: tokens.operator });
  });
  afterAll(async () => {
    await mine?.remove();
    await story?.end();
  });

  it.each([[['status']], [['runs', 'build']], [['trigger', 'build']]])(
    '%j sends SLUICE_TOKEN',
    async (args) => {
      expect(await mine.sluice(...args)).toMatchObject({ code: 0, stderr: '' });
    },
  );

  it('audit tells an admin who did what', async () => {
    const { code, stdout } = await mine.sluice(
      'audit',
      '--token',
      tokens.admin,
      '--subject',
      'build',
      '--actor',
      'olga',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d{4}-\S+Z olga from 127\.0\.0\.1: trigger build\/2 \{.*\}\n$/);
    const found = await mine.sluice(
      ...[
        'audit',
        '--token',
        tokens.admin,
        '--person',
        'olg',
        '--action',
        'trig',
        '--subject',
        'uild/',
        '--since',
        '1h',
      ],
    );
    expect(found).toMatchObject({ code: 0, stdout });
    const before = await mine.sluice(
      'audit',
      '--token',
      tokens.admin,
      '--person',
      'olg',
      '--until',
      '2001-01-01',
    );
    expect(before).toEqual({ code: 0, stdout: '', stderr: 'nothing like that is recorded\n' });
    const asJson = await mine.sluice('audit', '--token', tokens.admin, '--json', '--limit', '1');
    expect(JSON.parse(asJson.stdout)).toMatchObject({ items: [{ action: 'trigger', subject: 'build/2' }] });
  });

  it('decisions are found by any word of them', async () => {
    expect((await mine.sluice('decisions', 'uild', 'STARTED', '1.0.0')).stdout).toMatch(
      /^\S+Z started build\/1 \(shop\/it 1\.0\.0\): /m,
    );
    expect(await mine.sluice('decisions', 'no-such-thing')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'nothing like that is recorded\n',
    });
  });

  it('explain says so, and fails, where nothing is recorded of a version', async () => {
    const { code, stdout, stderr } = await mine.sluice('explain', 'build', '9.9.9');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      'sluice: nothing was decided in build about the version 9.9.9; "sluice decisions 9.9.9" searches all pipelines for it\n',
    );
  });

  it('say what to do without a token, with a wrong one, and with one that may not', async () => {
    const none = await story.place.sluice('status', '--server', story.server.url);
    expect(none.stderr).toMatch(
      /^sluice: \S+ wants an access token: set SLUICE_TOKEN to yours; .*"sluice token new"\n$/,
    );
    const wrong = await mine.sluice('status', '--token', tokens.wrong);
    expect(wrong.stderr).toMatch(/^sluice: \S+ does not take this token .*\n$/);
    const lacking = await mine.sluice('audit');
    expect(lacking.stderr).toBe('sluice: olga may not do this: it needs the role admin\n');
    expect([none.code, wrong.code, lacking.code]).toEqual([1, 1, 1]);
    expect(none.stderr + wrong.stderr + lacking.stderr).not.toContain('slc_');
  });

  it('show the token in no help', async () => {
    const { stdout } = await mine.sluice('status', '--help');
    expect(stdout).toContain('SLUICE_TOKEN');
    expect(stdout).not.toContain(tokens.operator);
  });
});
