import { compareEvr, type Evr, parseEvr } from './rpm-version.ts';

/** What names one build of one package: name, epoch, version, release, architecture. */
export interface Nevra {
  readonly name: string;
  /** Digits. */
  readonly epoch: string;
  readonly version: string;
  readonly release: string;
  readonly arch: string;
}

/** `name-[epoch:]version-release.arch`, with the epoch where it is not 0, as dnf and libsolv write it. */
export function formatNevra({ name, epoch, version, release, arch }: Nevra): string {
  return `${name}-${formatEpoch(epoch)}${version}-${release}.${arch}`;
}

/** `epoch:` where the epoch is not 0. */
export function formatEpoch(epoch: string): string {
  return /^0*$/.test(epoch) ? '' : `${epoch}:`;
}

/**
 * The order of rpm 4.18 over versions as this plugin writes them and as people do: text with two dashes or
 * more is a NEVRA, `name-[epoch:]version-release.arch` or `epoch:name-version-release.arch`, any other
 * `[epoch:]version[-release]`. Name and architecture decide nothing. Total; never throws.
 */
export function compareVersions(a: string, b: string): number {
  return compareEvr(readEvr(a), readEvr(b));
}

const nevraShape = /^(?:(\d+):)?(.*)-([^-]*)-([^-]*)$/s;

function readEvr(text: string): Evr {
  const [, leadingEpoch, , version, release] = nevraShape.exec(text) ?? [];
  if (version === undefined || release === undefined || text.split('-').length < 3) return parseEvr(text);
  const evr = parseEvr(`${version}-${release.replace(/\.[^.]*$/, '')}`);
  return leadingEpoch === undefined ? evr : { ...evr, epoch: leadingEpoch };
}
