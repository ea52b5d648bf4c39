import { describe, expect, it } from 'vitest';
import { openPrimary, writePackage, writePrimary } from '../support/primary.ts';
import { cut, scan } from '../support/scan.ts';

const wanted = new Set(['pad', 'mycomp', 'größe']);

/** The versions found in a document, however it is cut, and whether the full parser was needed. */
function read(document: string | Buffer): {
  readonly versions: readonly string[];
  readonly fellBack: boolean;
} {
  const bytes = Buffer.from(document);
  const [whole, ...cuts] = [bytes.length + 1, 4096, 7].map((size) => {
    const { found, fellBack } = scan(cut(bytes, size), wanted);
    return { versions: found.map(({ name, version }) => `${name} ${version}`), fellBack };
  });
  if (!whole) throw new Error('nothing was read');
  for (const one of cuts) expect(one).toEqual(whole);
  return whole;
}

const pad = writePackage({ version: '1' });
const last = writePackage({ version: '2' });
const both = { versions: ['pad 1', 'pad 2'] };
const enclose = (...elements: readonly string[]) =>
  `${openPrimary(elements.length)}${elements.join('')}</metadata>\n`;

describe('a document as createrepo_c writes it', () => {
  it('needs no parser but for what is wanted', () => {
    expect(read(enclose(pad, writePackage({ name: 'other' }), last))).toEqual({ ...both, fellBack: false });
  });

  it('may have no packages, with and without an end tag', () => {
    expect(read(writePrimary([]))).toEqual({ versions: [], fellBack: false });
    expect(read('<metadata xmlns="http://linux.duke.edu/metadata/common"/>')).toEqual({
      versions: [],
      fellBack: true,
    });
  });
});

describe('input on which a naive scanner is wrong', () => {
  it.each([
    [
      'a CDATA section that holds </package>',
      (p: string) => p.replace('Pads things', '<![CDATA[</package>]]>'),
    ],
    [
      'a comment that holds </package>',
      (p: string) => p.replace('<description>', '<!-- </package> --><description>'),
    ],
    [
      'a processing instruction that holds </package>',
      (p: string) => p.replace('<description>', '<?x </package> ?><description>'),
    ],
    ['</package >', (p: string) => p.replace('</package>', '</package >')],
    [
      'another package element inside',
      (p: string) => p.replace('</format>', '<package type="rpm"><name>pad</name></package></format>'),
    ],
    ['something between the packages', (p: string) => `${p}<packager/>`],
    ['a comment between the packages', (p: string) => `${p}<!-- pad -->`],
  ])('%s: the full parser goes on from there', (_, rewrite) => {
    expect(read(enclose(rewrite(pad), last))).toEqual({ ...both, fellBack: true });
    expect(read(enclose(pad, rewrite(last)))).toEqual({ ...both, fellBack: true });
  });

  it.each([
    ['<package followed by a newline', (p: string) => p.replace('<package ', '<package\n')],
    ['<name >', (p: string) => p.replace('<name>', '<name >')],
    [
      'a name in a line of its own',
      (p: string) => p.replace('<name>', '<name>\n').replace('</name>', '\n</name>'),
    ],
    ['an entity in a name', (p: string) => p.replace('<name>pad', '<name>p&#97;d')],
    [
      '<name> inside <format>',
      (p: string) =>
        p
          .replace(/ {2}<name>pad<\/name>\n/, '')
          .replace('</format>', '<name>other</name></format><name>pad</name>'),
    ],
    ['single quotes', (p: string) => p.replaceAll('"', "'")],
    [
      'attributes and elements in another order',
      (p: string) =>
        p.replace(/(<name>.*)\n(.*)\n(.*)\n/, '$3\n$2\n$1\n').replace(/epoch="0" (ver="\d")/, '$1 epoch="0"'),
    ],
    [
      'a > in an attribute',
      (p: string) => p.replace('<package type="rpm">', '<package note="a > b" type="rpm">'),
    ],
    [
      'a prefix for elements within',
      (p: string) =>
        p
          .replace(/<(\/?)(name|arch)/g, '<$1c:$2')
          .replace('<package ', '<package xmlns:c="http://linux.duke.edu/metadata/common" '),
    ],
    [
      'an element of 5 MB',
      (p: string) =>
        p.replace('</rpm:provides>', `${'<rpm:entry name="x"/>'.repeat(250_000)}</rpm:provides>`),
    ],
  ])('%s: that element is parsed', (_, rewrite) => {
    const { found, fellBack } = scan(cut(Buffer.from(enclose(rewrite(pad), last)), 65_536), wanted);
    expect(found.map(({ version }) => version)).toEqual(['1', '2']);
    expect(fellBack).toBe(false);
  });

  it('a prefixed root', () => {
    const prefixed = enclose(pad, last)
      .replace(/<(\/?)(metadata|package|name|arch|version)\b/g, '<$1c:$2')
      .replace('xmlns=', 'xmlns:c=');
    expect(read(prefixed)).toEqual({ ...both, fellBack: true });
  });

  it('a prefixed package among others', () => {
    const c = 'xmlns:c="http://linux.duke.edu/metadata/common"';
    const prefixed = pad.replace('<package', `<c:package ${c}`).replace('</package>', '</c:package>');
    expect(read(enclose(prefixed, last))).toEqual({ ...both, fellBack: true });
    expect(read(enclose(last, prefixed))).toMatchObject({ versions: ['pad 2', 'pad 1'] });
  });

  it.each([
    [
      'UTF-16 with a byte order mark',
      (text: string) => Buffer.from(`\ufeff${text.replace('UTF-8', 'UTF-16')}`, 'utf16le'),
    ],
    ['UTF-16 without one', (text: string) => Buffer.from(text.replace('UTF-8', 'UTF-16'), 'utf16le')],
    [
      'UTF-16, the other way round',
      (text: string) => Buffer.from(`\ufeff${text.replace('UTF-8', 'UTF-16')}`, 'utf16le').swap16(),
    ],
    ['Latin-1', (text: string) => Buffer.from(text.replace('UTF-8', 'ISO-8859-1'), 'latin1')],
  ])('%s', (_, encode) => {
    const document = encode(enclose(pad, writePackage({ name: 'größe', version: '3' })));
    expect(read(document)).toEqual({ versions: ['pad 1', 'größe 3'], fellBack: true });
  });

  it('UTF-8 with a byte order mark, and letters of several bytes cut in two', () => {
    const document = `\ufeff${enclose(pad, writePackage({ name: 'größe', version: '3' }))}`;
    expect(read(document)).toEqual({ versions: ['pad 1', 'größe 3'], fellBack: false });
  });
});

describe('what is refused', () => {
  it.each([
    ['a DOCTYPE', enclose(pad).replace('<metadata', '<!DOCTYPE metadata><metadata'), 'DOCTYPE'],
    [
      'an entity bomb',
      enclose(pad).replace('<metadata', '<!DOCTYPE m [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><metadata'),
      'DOCTYPE',
    ],
    ['an entity that nobody declared', enclose(pad.replace('<name>pad', '<name>&bomb;')), 'entity'],
    ['an HTML page', '<html><body>Sign in</body></html>', '<html>'],
    [
      'other metadata',
      '<filelists xmlns="http://linux.duke.edu/metadata/filelists"></filelists>',
      '<filelists>',
    ],
    ['nothing', '', 'XML'],
    ['a document without its end', enclose(pad, last).slice(0, -12), 'XML'],
    [
      'a document without the end of its last package',
      enclose(pad, last).replace(/<\/package>\n<\/metadata>\n$/, '</metadata>\n'),
      'XML',
    ],
    ['an encoding that nobody knows', enclose(pad).replace('UTF-8', 'X-KLINGON'), 'X-KLINGON'],
  ])('%s', (_, document, words) => {
    expect(() => read(document)).toThrow(
      expect.objectContaining({ code: 'MALFORMED', message: expect.stringContaining(words) }),
    );
  });

  it('an element that never ends, before it fills the memory', () => {
    const endless = Buffer.concat([
      Buffer.from(openPrimary(1) + pad.slice(0, 200)),
      Buffer.alloc(17 * 2 ** 20, 'a'),
    ]);
    expect(() => scan(cut(endless, 262_144), wanted)).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
  });
});
