import type { Revision } from '@sluice/plugin-sdk';
import { PackageURL } from 'packageurl-js';
import { readChecksum } from './checksum.ts';
import { formatEpoch, formatNevra } from './nevra.ts';
import type { RpmPackage } from './primary/rpm-package.ts';

/**
 * The revisions that rpms are, from a repository at `base`. Where several rpms have one NEVRA, the one whose
 * file is youngest counts, and says so.
 */
export function toRevisions(packages: readonly RpmPackage[], base: string): readonly Revision[] {
  const byVersion = Map.groupBy(packages, formatNevra);
  return [...byVersion].map(([version, rpms]) => {
    const youngest = rpms.reduce((best, rpm) =>
      Number(rpm.fileTime ?? 0) >= Number(best.fileTime ?? 0) ? rpm : best,
    );
    const contents = new Set(rpms.map(({ checksum }) => checksum?.value));
    const faults =
      contents.size > 1
        ? [`the repository has ${contents.size} different rpms of this name; this is the youngest`]
        : [];
    return toRevision(version, youngest, base, faults);
  });
}

function toRevision(version: string, rpm: RpmPackage, base: string, faults: readonly string[]): Revision {
  const checksum = readChecksum(rpm.checksum?.type, rpm.checksum?.value);
  const location = locate(rpm, base);
  const publisher = rpm.packager || rpm.vendor;
  const publishedAt = readSeconds(rpm.buildTime);
  const warnings = [
    ...faults,
    ...(checksum ? [] : ['the repository tells no usable checksum']),
    ...(location === undefined ? ['the repository tells no usable location'] : []),
  ];
  return {
    version,
    ...(checksum && { digests: { [checksum.algorithm]: checksum.hex } }),
    ...(location !== undefined && { location }),
    ...(publishedAt !== undefined && { publishedAt }),
    ...(publisher && { publisher }),
    ...(rpm.summary && { comment: rpm.summary }),
    ...(rpm.url && { trackbackUrl: rpm.url }),
    purl: toPurl(rpm),
    data: toData(rpm),
    ...(warnings.length > 0 && { warning: warnings.join('; ') }),
  };
}

/**
 * https://github.com/package-url/purl-spec, type rpm; without namespace, since nothing tells the
 * distribution.
 */
function toPurl({ name, epoch, version, release, arch }: RpmPackage): string {
  const qualifiers = { arch, ...(formatEpoch(epoch) !== '' && { epoch: String(Number(epoch)) }) };
  return new PackageURL('rpm', undefined, name, `${version}-${release}`, qualifiers, undefined).toString();
}

function toData(rpm: RpmPackage): Readonly<Record<string, string>> {
  return {
    NAME: rpm.name,
    EPOCH: rpm.epoch,
    VERSION: rpm.version,
    RELEASE: rpm.release,
    ARCH: rpm.arch,
    ...(rpm.buildTime && { BUILD_TIME: rpm.buildTime }),
    ...(rpm.fileTime && { FILE_TIME: rpm.fileTime }),
    ...(rpm.sourceRpm && { SOURCE_RPM: rpm.sourceRpm }),
  };
}

function locate({ location }: RpmPackage, base: string): string | undefined {
  if (!location) return undefined;
  const directory = location.bases.reduce(
    (outer: string, inner) => URL.parse(inner.endsWith('/') ? inner : `${inner}/`, outer)?.href ?? outer,
    base,
  );
  const url = URL.parse(location.href, directory);
  if (!url || !['http:', 'https:', 'file:'].includes(url.protocol)) return undefined;
  url.username = '';
  url.password = '';
  return url.href;
}

function readSeconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) * 1000 : undefined;
}

/** GoCD's order: the newest is the last built; what was built at once goes by `otherwise`. */
export function compareBuildTimes(
  a: Revision,
  b: Revision,
  otherwise: (a: string, b: string) => number,
): number {
  return (
    Number(a.data?.['BUILD_TIME'] ?? 0) - Number(b.data?.['BUILD_TIME'] ?? 0) ||
    otherwise(a.version, b.version)
  );
}
