import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writePrimary } from './support/primary.ts';
import { writeRepomd } from './support/repomd.ts';
import { type OpenedRepository, openRepository, revisionsOf, versionsOf } from './support/repository.ts';
import { type ServedRepository, serveRepository } from './support/served.ts';

const repomd = 'repodata/repomd.xml';
const primary = 'repodata/primary.xml';

let served: ServedRepository;
let opened: OpenedRepository;

beforeEach(async () => {
  served = await serveRepository();
  opened = openRepository({ url: served.url });
  served.publish([{ version: '1.0' }, { name: 'other' }]);
});
afterEach(async () => {
  await opened?.[Symbol.asyncDispose]();
  await served?.[Symbol.asyncDispose]();
});

describe('a poll', () => {
  it('reads the primary metadata once, for however many packages', async () => {
    const specs = ['pad', 'other', ...Array.from({ length: 200 }, (_, index) => `absent-${index}`)];
    const { answers } = await opened.poll(specs);
    expect(answers.size).toBe(specs.length);
    expect(served.asked()).toEqual([repomd, primary]);
  });

  it('of an unchanged repository asks for repomd.xml alone, also for packages that have a problem', async () => {
    const specs = ['pad', 'absent', '*'];
    const first = await opened.poll(specs);
    served.asked();
    const second = await opened.poll(specs);
    expect(served.asked()).toEqual([repomd]);
    expect(second.answers.get('pad')).toMatchObject({ unchanged: true });
    for (const spec of ['absent', '*']) expect(second.answers.get(spec)).toEqual(first.answers.get(spec));
  });

  it('sends the validators of a repomd.xml that has settled, and none of one that may change within its second', async () => {
    const settled = {
      date: 'Tue, 02 Jan 2024 00:00:00 GMT',
      'last-modified': 'Mon, 01 Jan 2024 00:00:00 GMT',
      etag: '"1"',
    };
    const body = String(served.documents.get(repomd));
    for (const [headers, expected] of [
      [settled, '"1"'],
      [{ ...settled, date: 'Mon, 01 Jan 2024 00:00:01 GMT' }, undefined],
    ] as const) {
      await using fresh = openRepository({ url: served.url });
      served.documents.set(repomd, ({ headers: sent }) =>
        sent['if-none-match'] === '"1"' ? { status: 304, headers } : { headers, body },
      );
      await fresh.poll(['pad']);
      const again = await fresh.poll(['pad']);
      expect(again.answers.get('pad')).toMatchObject({ unchanged: true });
      expect(served.server.requests.at(-1)?.headers['if-none-match']).toBe(expected);
    }
  });

  it('reads for a package that is new, and tells the others that nothing changed', async () => {
    await opened.poll(['pad']);
    const { answers } = await opened.poll(['pad', 'other']);
    expect(answers.get('pad')).toMatchObject({ unchanged: true });
    expect(answers.get('other')).toMatchObject({ revisions: [{ version: 'other-1.0-1.noarch' }] });
  });

  it('reads nothing when repomd.xml changed and the primary metadata did not', async () => {
    await opened.poll(['pad']);
    served.asked();
    served.publish([{ version: '1.0' }, { name: 'other' }], { revision: 1_700_000_001 });
    expect((await opened.poll(['pad'])).answers.get('pad')).toMatchObject({ unchanged: true });
    expect(served.asked()).toEqual([repomd]);
  });

  it('warns when repomd.xml goes back in time, until it has caught up', async () => {
    const publish = (version: string, revision: number) =>
      served.publish([{ version }], { revision, timestamp: revision });
    publish('2.0', 200);
    expect((await opened.poll(['pad'])).repository?.warning).toBeUndefined();
    publish('1.0', 100);
    expect((await opened.poll(['pad'])).repository?.warning).toContain('its revision was 200 and is 100');
    publish('1.5', 150);
    expect((await opened.poll(['pad'])).repository?.warning).toContain('went back');
    publish('3.0', 300);
    expect((await opened.poll(['pad'])).repository?.warning).toBeUndefined();
  });
});

describe('a repository that is rebuilt while it is read', () => {
  it('is read again when its primary metadata has gone', async () => {
    const old = served.documents.get(repomd) ?? '';
    served.publish([{ version: '1.0' }, { version: '2.0' }], { href: 'repodata/new-primary.xml' });
    const renewed = served.documents.get(repomd) ?? '';
    served.documents.delete(primary);
    let asked = 0;
    served.documents.set(repomd, () => ({ body: ++asked === 1 ? old.toString() : renewed.toString() }));
    expect(versionsOf(await opened.poll(['pad']), 'pad')).toEqual(['pad-1.0-1.noarch', 'pad-2.0-1.noarch']);
    expect(served.asked()).toEqual([repomd, primary, repomd, 'repodata/new-primary.xml']);
  });

  it('is read again when its primary metadata is not what repomd.xml tells, and then given up with a code', async () => {
    served.documents.set(primary, writePrimary([{ version: '6.66' }]));
    await expect(opened.poll(['pad'])).rejects.toMatchObject({ code: 'UNTRUSTED' });
    expect(served.asked()).toEqual([repomd, primary, repomd, primary, repomd, primary]);
  });

  it.each([
    ['shorter than repomd.xml tells', (bytes: string) => bytes.slice(0, -1)],
    ['longer than repomd.xml tells', (bytes: string) => `${bytes} `],
    ['other than repomd.xml tells', (bytes: string) => bytes.replace('1.0', '1.1')],
  ])('never answers from primary metadata that is %s', async (_, spoil) => {
    served.documents.set(primary, spoil(String(served.documents.get(primary))));
    await expect(opened.poll(['pad'])).rejects.toMatchObject({ code: 'UNTRUSTED' });
  });

  it('is told as missing when the primary metadata stays away', async () => {
    served.documents.delete(primary);
    await expect(opened.poll(['pad'])).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('what a repository may not do', () => {
  it('make this machine read its own files', async () => {
    const stored = Buffer.from(writePrimary([{}]));
    served.documents.set(repomd, writeRepomd({ stored, href: 'file:///etc/passwd' }));
    await expect(opened.poll(['pad'])).rejects.toMatchObject({ code: 'MALFORMED' });
  });

  it('have rpms beyond its network', async () => {
    served.publish([{ href: 'file:///etc/passwd' }, { version: '2', href: 'javascript:alert(1)' }]);
    const revisions = revisionsOf(await opened.poll(['pad']), 'pad');
    expect(revisions.find(({ version }) => version === 'pad-2-1.noarch')).toMatchObject({
      warning: expect.stringContaining('location'),
    });
  });

  it('offer its packages only as SQLite without being told how to do better', async () => {
    served.publish([{}], { type: 'primary_db' });
    await expect(opened.poll(['pad'])).rejects.toMatchObject({
      code: 'MALFORMED',
      message: expect.stringContaining('SQLite'),
    });
  });

  it('list two rpms under one name without a warning', async () => {
    served.publish([
      { checksum: 'b'.repeat(64), buildTime: 2 },
      { checksum: 'a'.repeat(64), buildTime: 1 },
    ]);
    expect(revisionsOf(await opened.poll(['pad']), 'pad')).toMatchObject([
      { digests: { sha256: 'b'.repeat(64) }, warning: expect.stringContaining('2 different rpms') },
    ]);
  });
});

describe('a spec', () => {
  it('that matches several packages names them', async () => {
    const { answers } = await opened.poll(['*a*', '*']);
    expect(answers.get('*')).toMatchObject({
      problem: { code: 'CONFIG_INVALID', message: expect.stringContaining('pad, other') },
    });
  });

  it('that matches several architectures says what to write, and that works', async () => {
    served.publish([
      { version: '1', arch: 'noarch' },
      { version: '2', arch: 'x86_64' },
      { version: '2', arch: 'i686' },
    ]);
    const specs = ['pad', 'pad-2', 'p*', 'pad-2-1'];
    const { answers } = await opened.poll(specs);
    for (const spec of specs) {
      const answer = answers.get(spec);
      const message = answer && 'problem' in answer ? answer.problem.message : '';
      const suggested = /as in (\S+) or (\S+)/.exec(message);
      expect(suggested, message).not.toBeNull();
      const better = suggested?.[2] ?? '';
      expect(revisionsOf(await opened.poll([better]), better).length, better).toBe(1);
    }
  });

  it('means the name as it is written where another differs only in case', async () => {
    served.publish([{ name: 'pad' }, { name: 'Pad' }]);
    expect(versionsOf(await opened.poll(['Pad']), 'Pad')).toEqual(['Pad-1.0-1.noarch']);
    expect((await opened.poll(['PAD'])).answers.get('PAD')).toMatchObject({
      problem: { code: 'CONFIG_INVALID' },
    });
  });
});
