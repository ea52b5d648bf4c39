import fc from 'fast-check';
import { type MadeRpm, writePackage } from './primary.ts';

/** The names that generated packages have, and what they may be mistaken for. */
export const names = ['pad', 'padding', 'packager', 'p', 'größe'] as const;

type Rewrite = (element: string) => string;

/** Other ways to write the same package, or a package that is easily misread. */
const rewrites: readonly Rewrite[] = [
  (element) => element,
  (element) => element.replaceAll('"', "'"),
  (element) => element.replaceAll('\n', ''),
  (element) => element.replaceAll('\n', '\r\n'),
  (element) => element.replace('<package type="rpm">', '<package\n\ttype="rpm" >'),
  (element) => element.replace('<package type="rpm">', '<package>'),
  (element) => element.replace('<package type="rpm">', '<package type="srpm">'),
  (element) =>
    element.replace('<package type="rpm">', '<package xml:base="https://else.example/" type="rpm">'),
  (element) => element.replace('</package>', '</package >'),
  (element) => element.replace('</package>', '</package\n>'),
  (element) => element.replace('<name>', '<name >').replace('</name>', '</name\n>'),
  (element) => element.replace('<name>', '<name>\n  ').replace('</name>', ' </name>'),
  (element) => element.replace('<name>p', '<name>&#112;'),
  (element) => element.replace('<name>p', '<name>&#x70;'),
  (element) => element.replace('<name>', '<name><![CDATA[').replace('</name>', ']]></name>'),
  (element) => element.replace('<name>', '<!-- </package><package type="rpm"><name>pad</name> --><name>'),
  (element) => element.replace('<name>', '<?a </package><package type="rpm"><name>pad</name> ?><name>'),
  (element) => element.replace('<summary>', '<summary><![CDATA[</package><package><name>pad</name>]]>'),
  (element) => element.replace('<format>', '<format><name>pad</name>'),
  (element) => element.replace('</format>', '<package type="rpm"><name>pad</name></package></format>'),
  (element) => element.replace('<format>', '<package/><format>'),
  (element) => element.replace('<format>', '<x><package></package><package></package></x><format>'),
  (element) => element.replace('<name>', '<name>pad</name><name>'),
  (element) =>
    element.replace(/ {2}<name>.*<\/name>\n/, '').replace('</format>\n', '</format>\n<name>pad</name>\n'),
  (element) => element.replace(/<(\/?)(name|arch|version)/g, '<$1c:$2'),
  (element) => element.replace(/<(\/?)package/g, '<$1c:package'),
  (element) => element.replace(/epoch="(\d+)" ver="([^"]*)"/, 'ver="$2" epoch="$1"'),
  (element) => element.replace(/<version (.*)\/>/, '<version $1></version>'),
  (element) => element.replace(/ epoch="\d+"/, ''),
  (element) => element.replace(/ ver="/, ' ver=" '),
  (element) => element.replace('<description>', '<description>>] ]]&gt; ? ! &lt;!-- '),
  (element) => element.replace('<license>', '<license t=">">'),
  (element) => element.replace(/<rpm:sourcerpm>.*<\/rpm:sourcerpm>/, '<rpm:sourcerpm/>'),
  (element) => element.replace('<location ', '<location xml:base="https://a.example/?a&amp;b=&#99;" '),
  (element) => element.replace('<location ', '<location xml:base="https://a.example/&amp;" '),
  (element) => element.replace('<summary>', '<summary> a &amp;amp; &lt;b&gt; '),
  (element) => element.replace('<summary>', '<summary>&#99;\r\n'),
  (element) => element.replace('<rpm:vendor>', '<rpm:vendor>&quot;').replace(/<url>.*<\/url>/, '<url/>'),
  (element) => element.replace(/ {2}<packager>.*\n/, ''),
  (element) => `<other>${element}</other>`,
  (element) => `text ${element}`,
  (element) => `<!-- between -->${element}`,
  () => '<package/>',
  () => '<packager>nobody</packager>',
];

const openings: readonly string[] = [
  '<?xml version="1.0" encoding="UTF-8"?>\n',
  "<?xml version='1.0' encoding='utf-8' standalone='yes'?>",
  '<?xml version="1.0"?>\n<!-- made by hand -->\n',
  '<?xml\tversion="1.0"?>',
  '\ufeff<?xml version="1.0" encoding="UTF-8"?>\n',
  '',
];

const common = 'http://linux.duke.edu/metadata/common';
const namespaces = `xmlns:rpm="http://linux.duke.edu/metadata/rpm" xmlns:c="${common}"`;
const roots: readonly (readonly [start: string, end: string])[] = [
  [`<metadata xmlns="${common}" ${namespaces} packages="3">\n`, '</metadata>\n'],
  [`<metadata xmlns="${common}" ${namespaces} packages="3">\n`, '</metadata >'],
  [`<metadata\n  xmlns='${common}' ${namespaces} xml:base="https://base.example/a/">`, '</metadata>'],
  [`<metadata ${namespaces}>`, '</metadata>\n\n'],
  [`<c:metadata xmlns="${common}" ${namespaces}>`, '</c:metadata>'],
  [`<c:metadata ${namespaces}>`, '</c:metadata>'],
  [`<metadata xmlns="${common}" ${namespaces}>`, '</metadata><!-- end -->'],
  [`<metadata xmlns="http://other.example/" ${namespaces}>`, '</metadata>'],
];

const rpm = fc.record<MadeRpm>({
  name: fc.constantFrom(...names),
  epoch: fc.constantFrom('0', '1', ''),
  version: fc.constantFrom('1.0', '1.10', '2~rc1'),
  arch: fc.constantFrom('noarch', 'x86_64'),
  buildTime: fc.integer({ min: 0, max: 2_000_000_000 }),
});
// Most of a document is as createrepo_c writes it, so that doubts come late too.
const element = fc.tuple(
  rpm,
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(rewrites[0]) },
    { weight: 2, arbitrary: fc.constantFrom(...rewrites) },
  ),
);

/** Documents that generators write, might write, or should not; most are well-formed. */
export const documents: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.oneof({ weight: 3, arbitrary: fc.constant(openings[0] ?? '') }, fc.constantFrom(...openings)),
    fc.oneof({ weight: 3, arbitrary: fc.constant(roots[0]) }, fc.constantFrom(...roots)),
    fc.array(element, { maxLength: 7 }),
  )
  .map(([opening, root = ['', ''], elements]) =>
    Buffer.from(
      opening +
        root[0] +
        elements.map(([made, rewrite = (same) => same]) => rewrite(writePackage(made))).join('') +
        root[1],
    ),
  );

const snippets = [
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<?',
  '?>',
  '</package>',
  '<package>',
  '<package',
  '&#99;',
  '&',
  '<',
  '>',
  '"',
  '</metadata>',
  '\0',
  '<!DOCTYPE metadata>',
];

/** What may happen to a document on its way: something inserted, taken out, doubled or changed. */
export const mutations: fc.Arbitrary<(document: Buffer) => Buffer> = fc
  .tuple(
    fc.constantFrom('insert', 'remove', 'double', 'truncate', 'change', 'change', 'change'),
    fc.nat(),
    fc.nat({ max: 40 }),
    fc.constantFrom(...snippets),
    fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.nat({ max: 255 })),
  )
  .map(([kind, place, length, snippet, byte]) => (document: Buffer) => {
    const at = document.length === 0 ? 0 : place % document.length;
    const [before, after] = [document.subarray(0, at), document.subarray(at)];
    if (kind === 'insert') return Buffer.concat([before, Buffer.from(snippet), after]);
    if (kind === 'remove') return Buffer.concat([before, after.subarray(length)]);
    if (kind === 'double') return Buffer.concat([before, after.subarray(0, length), after]);
    if (kind === 'truncate') return before;
    return Buffer.concat([before, Buffer.from([byte]), after.subarray(1)]);
  });

/** A document in pieces, cut anywhere. */
export function cutAnywhere(document: Buffer, places: readonly number[]): readonly Buffer[] {
  const cuts = [...new Set(places.map((place) => place % (document.length + 1)))].sort((a, b) => a - b);
  return [0, ...cuts].map((from, index) => document.subarray(from, cuts[index] ?? document.length));
}
