import type { RpmPackage } from './rpm-package.ts';

const text = (name: string, group?: string) =>
  `(?:<${name}>${group ? `(?<${group}>[^<]*)` : '[^<]*'}</${name}>|<${name}/>)\\s*`;
const value = (name: string, group: string) => `${name}="(?<${group}>[^"<\\t\\n]*)"`;

/** A package element as createrepo and createrepo_c write it, as far as something is taken from it. */
const shape = new RegExp(
  [
    `^<package type="rpm">\\s*${text('name', 'name')}${text('arch', 'arch')}`,
    `<version ${value('epoch', 'epoch')} ${value('ver', 'version')} ${value('rel', 'release')}/>\\s*`,
    `<checksum ${value('type', 'type')} pkgid="YES">(?<checksum>[^<]*)</checksum>\\s*`,
    `${text('summary', 'summary')}${text('description')}${text('packager', 'packager')}${text('url', 'url')}`,
    `<time ${value('file', 'fileTime')} ${value('build', 'buildTime')}/>\\s*<size [^<>]*/>\\s*`,
    `<location (?:${value('xml:base', 'base')} )?${value('href', 'href')}/>\\s*<format>\\s*`,
    `${text('rpm:license')}${text('rpm:vendor', 'vendor')}${text('rpm:group')}${text('rpm:buildhost')}${text('rpm:sourcerpm', 'sourceRpm')}`,
  ].join(''),
);
const usualRoot = /\sxmlns:rpm=(["'])http:\/\/linux\.duke\.edu\/metadata\/rpm\1/;

/**
 * What createrepo writes last of what is taken; the rest, mostly what a package provides and requires, need
 * not even be decoded.
 */
export const lastTold = '</rpm:sourcerpm>';

/** Whether the elements below a root's start tag mean what {@link readUsualPackage} takes them to mean. */
export function isUsualRoot(rootTag: string): boolean {
  return usualRoot.test(rootTag) && !rootTag.includes('xml:base');
}

/**
 * What a package element, up to {@link lastTold}, tells, where it is written as createrepo does; `undefined`
 * where it takes a parser. The same as the parser's answer: a parser that has just been started takes ten
 * times as long, and a thousand packages are worth the difference.
 */
export function readUsualPackage(element: string): RpmPackage | undefined {
  const groups = shape.exec(element)?.groups;
  if (!groups) return undefined;
  const raw = Object.values(groups).join('');
  if (raw.includes('\r') || otherEntity.test(raw)) return undefined;
  const told = (group: string) =>
    groups[group]?.replace(/&[a-z]+;/g, (entity) => entities[entity] ?? '') ?? '';
  const textOf = (group: string) => told(group).trim();
  const [name, arch, version] = [textOf('name'), textOf('arch'), told('version')];
  if (!name || !arch || !version) return undefined;
  return {
    name,
    epoch: told('epoch') || '0',
    version,
    release: told('release'),
    arch,
    checksum: { type: told('type'), value: textOf('checksum') },
    summary: textOf('summary'),
    packager: textOf('packager'),
    vendor: textOf('vendor'),
    url: textOf('url'),
    buildTime: told('buildTime'),
    fileTime: told('fileTime'),
    sourceRpm: textOf('sourceRpm'),
    location: { href: told('href'), bases: groups['base'] === undefined ? [] : [told('base')] },
  };
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
};
const otherEntity = /&(?!(?:amp|lt|gt|quot|apos);)/;
