import { createHash } from 'node:crypto';
import { createRandom } from '../../support/random.ts';

/** What the metadata of a distribution looks like. */
export interface PrimaryShape {
  readonly packages: number;
  readonly seed?: number;
}

/** Several packages have several versions, as in an updates repository. */
const versionsPerName = 2;
const words =
  'library for reading and writing the of files a provides support to with development headers tools that fast small network server client common data plugin system module interface bindings parser format simple based used using which application package contains documentation user graphical command line utilities runtime protocol image audio video compression database access language'.split(
    ' ',
  );
const stems =
  'gnome perl python3 rubygem golang rust texlive kernel qt5 kf5 php nodejs java ghc R ocaml lib mingw64'.split(
    ' ',
  );
const sonames =
  'libc.so.6 libm.so.6 libpthread.so.0 libglib-2.0.so.0 libstdc++.so.6 libgcc_s.so.1 libz.so.1 libX11.so.6 rtld'.split(
    ' ',
  );
const symbols =
  'GLIBC_2.2.5 GLIBC_2.3.4 GLIBC_2.4 GLIBC_2.14 GLIBCXX_3.4 GLIBCXX_3.4.21 CXXABI_1.3 GCC_3.0 GLIBC_2.34'.split(
    ' ',
  );

/**
 * Writes the primary.xml of a made-up distribution of some 3 KB a package, as createrepo_c writes it:
 * summaries, descriptions, provides, requires and files in the mix that Fedora has. In pieces of one package;
 * the same for the same shape.
 */
export function* generatePrimary({ packages, seed = 1 }: PrimaryShape): Generator<string> {
  const random = createRandom(seed);
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="${packages}">\n`;
  for (let index = 0; index < packages; index++) yield writePackage(index, random);
  yield '</metadata>\n';
}

/** The name of the package at a place in the document. */
export function nameAt(index: number): string {
  const nameIndex = Math.floor(index / versionsPerName);
  return `${stems[nameIndex % stems.length]}-${words[(nameIndex * 7) % words.length]}-${nameIndex}`;
}

function writePackage(index: number, random: () => number): string {
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)] ?? '';
  const count = (most: number) => Math.floor(random() * random() * most);
  const name = nameAt(index);
  const version = `${count(20)}.${count(30)}.${index % versionsPerName}`;
  const release = `${1 + count(9)}.fc40`;
  const arch = Math.floor(index / versionsPerName) % 5 < 2 ? 'noarch' : 'x86_64';
  const checksum = createHash('sha256').update(`${index}`).digest('hex');
  const sentence = (length: number) => Array.from({ length }, () => pick(words)).join(' ');
  const entry = (text: string, pre = '') =>
    `      <rpm:entry name="${text}"${random() < 0.5 ? ` flags="EQ" epoch="0" ver="${version}" rel="${release}"` : ''}${pre}/>\n`;
  const provides = Array.from({ length: 2 + count(18) }, (_, n) =>
    entry(n === 0 ? name : `${name}(${sentence(1)}-${count(999)})`),
  ).join('');
  const requires = Array.from({ length: 4 + count(50) }, () =>
    random() < 0.7
      ? entry(`${pick(sonames)}(${pick(symbols)})(64bit)`)
      : entry(nameAt(Math.floor(random() * 65_000))),
  ).join('');
  const files = Array.from(
    { length: count(12) },
    () => `    <file>/usr/bin/${sentence(1)}-${count(9999)}</file>\n`,
  ).join('');
  const time = 1_700_000_000 + index * 7;
  return `<package type="rpm">
  <name>${name}</name>
  <arch>${arch}</arch>
  <version epoch="${random() < 0.03 ? 1 : 0}" ver="${version}" rel="${release}"/>
  <checksum type="sha256" pkgid="YES">${checksum}</checksum>
  <summary>${sentence(6)}</summary>
  <description>${sentence(20 + count(200))}.${random() < 0.05 ? ' Enjoy!' : ''}</description>
  <packager>Fedora Project</packager>
  <url>https://${name.toLowerCase()}.example.org/?p=${index}</url>
  <time file="${time + 60}" build="${time}"/>
  <size package="${10_000 + count(9_000_000)}" installed="${20_000 + count(20_000_000)}" archive="${20_000 + count(20_000_000)}"/>
  <location href="Packages/${name[0]}/${name}-${version}-${release}.${arch}.rpm"/>
  <format>
    <rpm:license>GPL-2.0-or-later AND MIT</rpm:license>
    <rpm:vendor>Fedora Project</rpm:vendor>
    <rpm:group>Unspecified</rpm:group>
    <rpm:buildhost>buildvm-x86-${index % 40}.iad2.fedoraproject.org</rpm:buildhost>
    <rpm:sourcerpm>${name}-${version}-${release}.src.rpm</rpm:sourcerpm>
    <rpm:header-range start="4504" end="${10_000 + count(90_000)}"/>
    <rpm:provides>
${provides}    </rpm:provides>
    <rpm:requires>
${requires}    </rpm:requires>
${files}  </format>
</package>
`;
}
