import { describe, expect, it } from 'vitest';
import { readArtifactMetadata, readSnapshotMetadata } from '../src/metadata.ts';
import { leftPad } from './support/repository.ts';

const read = (text: string | Uint8Array) => readArtifactMetadata(Buffer.from(text), leftPad);
const inVersions = (inner: string) =>
  `<metadata><versioning><versions>${inner}</versions></versioning></metadata>`;

describe('the metadata of an artifact', () => {
  it.each<[string, string | Uint8Array, readonly string[]]>([
    ['in any order', inVersions('<version>2</version><version>1.10</version>'), ['2', '1.10']],
    ['twice', inVersions('<version>1</version><version>1</version>'), ['1']],
    [
      'with white space',
      inVersions('\n  <version>\n 1.10 </version >\t<version\n>2</version>'),
      ['1.10', '2'],
    ],
    ['empty', inVersions('<version/><version> </version><version><x/></version><version>1</version>'), ['1']],
    ['none', inVersions(''), []],
    [
      'in CDATA, by number, and beside comments',
      inVersions(
        '<version><![CDATA[1]]></version><!-- <version>9</version> --><version>&#50;&#x2e;0</version>',
      ),
      ['1', '2.0'],
    ],
    ['that have an ampersand', inVersions('<version>1&amp;amp;2</version>'), ['1&amp;2']],
    [
      'that look like numbers',
      inVersions('<version>1.10</version><version>1e3</version><version>007</version>'),
      ['1.10', '1e3', '007'],
    ],
    [
      'with a prefix',
      inVersions('<version>1</version>')
        .replaceAll('<', '<m:')
        .replaceAll('<m:/', '</m:')
        .replace('>', ' xmlns:m="urn:m">'),
      ['1'],
    ],
    [
      'in several versioning elements',
      '<metadata><versioning><versions><version>1</version></versions></versioning><versioning><versions><version>2</version></versions></versioning></metadata>',
      ['1', '2'],
    ],
    [
      'beside plugins',
      inVersions('<version>1</version>').replace(
        '<versioning>',
        '<plugins><plugin><prefix>x</prefix></plugin></plugins><versioning>',
      ),
      ['1'],
    ],
    ['after a byte order mark', `\ufeff${inVersions('<version>1</version>')}`, ['1']],
    [
      'in UTF-16',
      Buffer.concat([
        Buffer.from([0xff, 0xfe]),
        Buffer.from(inVersions('<version>1.é</version>'), 'utf16le'),
      ]),
      ['1.é'],
    ],
    [
      'in Latin-1',
      Buffer.from(
        `<?xml version="1.0" encoding="ISO-8859-1"?>${inVersions('<version>1.é</version>')}`,
        'latin1',
      ),
      ['1.é'],
    ],
  ])('has versions %s', (_, text, expected) => {
    expect(read(text).versions).toEqual(expected);
  });

  it('has `release` and `latest` where it names them', () => {
    const text = '<metadata><versioning><latest> 2 </latest><release>1</release></versioning></metadata>';
    expect(read(text)).toEqual({ versions: undefined, latest: '2', release: '1' });
    expect(read(inVersions(''))).toMatchObject({ latest: undefined, release: undefined });
  });

  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'MALFORMED'],
    ['a login page', '<!doctype html><html><head><title>Sign in</title></head></html>', 'MALFORMED'],
    ['JSON', '{"versions":["1"]}', 'MALFORMED'],
    ['a document that is cut off', inVersions('<version>1</version>').slice(0, -15), 'MALFORMED'],
    ['two documents', `${inVersions('')}${inVersions('')}`, 'MALFORMED'],
    ['another document', '<project/>', 'MALFORMED'],
    ['a DOCTYPE', `<!DOCTYPE metadata>${inVersions('<version>1</version>')}`, 'MALFORMED'],
    [
      'an entity of its own',
      `<!DOCTYPE metadata [<!ENTITY v "1">]>${inVersions('<version>&v;</version>')}`,
      'MALFORMED',
    ],
    [
      'an outside entity',
      `<!DOCTYPE metadata [<!ENTITY v SYSTEM "file:///etc/passwd">]>${inVersions('<version>&v;</version>')}`,
      'MALFORMED',
    ],
    ['an entity that nobody defines', inVersions('<version>&v;</version>'), 'MALFORMED'],
    [
      'a name that would reach the prototype',
      '<metadata><__proto__><versioning/></__proto__></metadata>',
      'MALFORMED',
    ],
    [
      'bytes that are no text',
      Buffer.concat([Buffer.from('<metadata>'), Buffer.from([0xc3, 0x28]), Buffer.from('</metadata>')]),
      'MALFORMED',
    ],
    [
      'an encoding that nobody knows',
      `<?xml version="1.0" encoding="klingon"?>${inVersions('')}`,
      'MALFORMED',
    ],
    ['no versioning', '<metadata><groupId>com.acme</groupId></metadata>', 'MALFORMED'],
    [
      'another artifact',
      '<metadata><groupId>com.acme</groupId><artifactId>right-pad</artifactId><versioning/></metadata>',
      'MALFORMED',
    ],
    [
      'a group of plugins',
      '<metadata><plugins><plugin><artifactId>x</artifactId></plugin></plugins></metadata>',
      'NOT_FOUND',
    ],
  ])('is not %s', (_, text, code) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code }));
  });
});

describe('the metadata of a snapshot', () => {
  it('names the build only where both its parts are there', () => {
    const text = (snapshot: string) =>
      Buffer.from(`<metadata><versioning><snapshot>${snapshot}</snapshot></versioning></metadata>`);
    const build = (snapshot: string) => readSnapshotMetadata(text(snapshot), '1-SNAPSHOT').build;
    expect(build('<timestamp>20260101.120000</timestamp><buildNumber>3</buildNumber>')).toBe(
      '20260101.120000-3',
    );
    expect(build('<buildNumber>3</buildNumber>')).toBeUndefined();
    expect(build('<timestamp>yesterday</timestamp><buildNumber>3</buildNumber>')).toBeUndefined();
    expect(build('<localCopy>true</localCopy>')).toBeUndefined();
  });
});
