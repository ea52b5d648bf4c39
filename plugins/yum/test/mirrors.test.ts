import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseMetalink, parseMirrorlist } from '../src/mirrors.ts';
import { sha256 } from './support/repomd.ts';
import { openRepository, versionsOf } from './support/repository.ts';
import { type ServedRepository, serveRepository } from './support/served.ts';

const repomd = 'repodata/repomd.xml';

let good: ServedRepository;
let bad: ServedRepository;

beforeEach(async () => {
  good = await serveRepository();
  bad = await serveRepository();
  good.publish([{ version: '1.0' }]);
});
afterEach(async () => {
  await good?.[Symbol.asyncDispose]();
  await bad?.[Symbol.asyncDispose]();
});

function writeMetalink(
  sha: string,
  urls: readonly (readonly [url: string, preference: number])[],
  alternate = '',
): string {
  const list = urls.map(
    ([url, preference]) =>
      `<url protocol="http" type="http" preference="${preference}">${url}${repomd}</url>`,
  );
  return `<?xml version="1.0"?><metalink version="3.0" xmlns="http://www.metalinker.org/" xmlns:mm0="http://fedorahosted.org/mirrormanager">
<files><file name="repomd.xml"><verification><hash type="md5">${'0'.repeat(32)}</hash><hash type="sha256">${sha}</hash></verification>
${alternate && `<mm0:alternates><mm0:alternate><verification><hash type="sha256">${alternate}</hash></verification></mm0:alternate></mm0:alternates>`}
<resources>${list.join('')}<url protocol="rsync" preference="100">rsync://mirror.example/${repomd}</url></resources></file></files></metalink>`;
}

const repomdOf = ({ documents }: ServedRepository) => Buffer.from(String(documents.get(repomd)));

describe('a list of mirrors', () => {
  it('is tried in its order, and the mirror that was used is logged', async () => {
    good.documents.set('list', `# mirrors\n\n${bad.url}\n${good.url.slice(0, -1)}\n`);
    await using opened = openRepository({ mirrorlist: `${good.url}list` });
    expect(versionsOf(await opened.poll(['pad']), 'pad')).toEqual(['pad-1.0-1.noarch']);
    expect(opened.log.join('\n')).toContain(`from the mirror ${good.url}`);
    expect(bad.asked()).toEqual([repomd]);
  });

  it('is left for the next mirror when one has repomd.xml and lacks the rest', async () => {
    bad.publish([{ version: '2.0' }]);
    bad.documents.delete('repodata/primary.xml');
    good.documents.set('list', `${bad.url}\n${good.url}\n`);
    await using opened = openRepository({ mirrorlist: `${good.url}list` });
    expect(versionsOf(await opened.poll(['pad']), 'pad')).toEqual(['pad-1.0-1.noarch']);
  });

  it('gives no credentials to mirrors elsewhere', async () => {
    good.documents.set('list', `${bad.url}\n${good.url}\n`);
    await using opened = openRepository({
      mirrorlist: `${good.url}list`,
      username: 'alice',
      password: 'not-for-mirrors',
    });
    await opened.poll(['pad']);
    expect(bad.server.requests.map(({ headers }) => headers['authorization'])).toEqual([undefined]);
    expect(good.server.requests.every(({ headers }) => headers['authorization'] !== undefined)).toBe(true);
  });

  it('without a usable mirror, or with none that works, is an error', async () => {
    expect(() => parseMirrorlist(Buffer.from('<html>\nftp://old.example/\n'))).toThrow(
      expect.objectContaining({ code: 'MALFORMED' }),
    );
    good.documents.set('list', `${bad.url}\n`);
    await using opened = openRepository({ mirrorlist: `${good.url}list` });
    await expect(opened.poll(['pad'])).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a metalink', () => {
  it('is tried by preference', () => {
    const { bases } = parseMetalink(
      Buffer.from(
        writeMetalink('a'.repeat(64), [
          ['http://b.example/', 10],
          ['http://a.example/', 90],
          ['http://c.example/', 10],
        ]),
      ),
    );
    expect(bases).toEqual(['http://a.example/', 'http://b.example/', 'http://c.example/']);
  });

  it('says which repomd.xml is right: a mirror with another is passed over', async () => {
    bad.publish([{ version: '6.66' }]);
    good.documents.set(
      'metalink',
      writeMetalink(sha256(repomdOf(good)), [
        [bad.url, 100],
        [good.url, 1],
      ]),
    );
    await using opened = openRepository({ metalink: `${good.url}metalink` });
    expect(versionsOf(await opened.poll(['pad']), 'pad')).toEqual(['pad-1.0-1.noarch']);
  });

  it('may allow an older one too', async () => {
    good.documents.set('metalink', writeMetalink('a'.repeat(64), [[good.url, 1]], sha256(repomdOf(good))));
    await using opened = openRepository({ metalink: `${good.url}metalink` });
    expect(versionsOf(await opened.poll(['pad']), 'pad')).toEqual(['pad-1.0-1.noarch']);
  });

  it('whose checksum no mirror has is not trusted', async () => {
    good.documents.set('metalink', writeMetalink('a'.repeat(64), [[good.url, 1]]));
    await using opened = openRepository({ metalink: `${good.url}metalink` });
    await expect(opened.poll(['pad'])).rejects.toMatchObject({ code: 'UNTRUSTED' });
  });
});
