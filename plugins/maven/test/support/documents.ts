import { createHash } from 'node:crypto';

/** The metadata of an artifact as Maven writes it. */
export function writeMetadata(versions: readonly string[], more = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<metadata>
  <groupId>com.acme</groupId>
  <artifactId>left-pad</artifactId>
  <versioning>
    ${more}
    <versions>
${versions.map((version) => `      <version>${version}</version>\n`).join('')}    </versions>
    <lastUpdated>20260101120000</lastUpdated>
  </versioning>
</metadata>
`;
}

/** A file of a snapshot's newest build. */
export interface WrittenSnapshotFile {
  readonly extension: string;
  readonly classifier?: string;
  readonly value: string;
}

/** The metadata of a snapshot: in the form of Maven 3 where files are given, else in that of Maven 2. */
export function writeSnapshotMetadata(
  build: string | undefined,
  files: readonly WrittenSnapshotFile[] = [],
): string {
  const [, timestamp, number] = /^(.*)-(\d+)$/.exec(build ?? '') ?? [];
  const snapshot = timestamp ? `<timestamp>${timestamp}</timestamp><buildNumber>${number}</buildNumber>` : '';
  const entries = files.map(({ extension, classifier, value }) => {
    const classified = classifier === undefined ? '' : `<classifier>${classifier}</classifier>`;
    return `<snapshotVersion>${classified}<extension>${extension}</extension><value>${value}</value></snapshotVersion>`;
  });
  return `<metadata modelVersion="1.1.0"><versioning><snapshot>${snapshot}</snapshot>
    ${entries.length > 0 ? `<snapshotVersions>${entries.join('')}</snapshotVersions>` : ''}</versioning></metadata>`;
}

/** A hexadecimal digest. */
export function digest(algorithm: string, text: string | Uint8Array): string {
  return createHash(algorithm).update(text).digest('hex');
}

/** A document with its checksum file, by path. */
export function withChecksum(
  path: string,
  text: string,
  algorithm = 'sha1',
): Readonly<Record<string, string>> {
  return { [path]: text, [`${path}.${algorithm}`]: digest(algorithm, text) };
}
