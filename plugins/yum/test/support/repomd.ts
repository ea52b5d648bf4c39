import { createHash } from 'node:crypto';

/** What a test says of a repomd.xml; the checksums and sizes are those of the bytes unless told. */
export interface MadeRepomd {
  /** The metadata as stored. */
  readonly stored: Uint8Array;
  /** The metadata decompressed; the same as `stored` unless told. */
  readonly open?: Uint8Array;
  readonly href?: string;
  readonly type?: string;
  readonly revision?: number;
  readonly timestamp?: number;
  /** What `size` and `open-size` are told to be. */
  readonly sizes?: readonly [size: number, openSize: number];
}

/** Writes a repomd.xml as createrepo_c does. */
export function writeRepomd({
  stored,
  open = stored,
  href = 'repodata/primary.xml',
  type = 'primary',
  ...rest
}: MadeRepomd): string {
  const { revision = 1_700_000_000, timestamp = 1_700_000_000, sizes = [stored.length, open.length] } = rest;
  return `<?xml version="1.0" encoding="UTF-8"?>
<repomd xmlns="http://linux.duke.edu/metadata/repo" xmlns:rpm="http://linux.duke.edu/metadata/rpm">
  <revision>${revision}</revision>
  <data type="${type}">
    <checksum type="sha256">${sha256(stored)}</checksum>
    <open-checksum type="sha256">${sha256(open)}</open-checksum>
    <location href="${href}"/>
    <timestamp>${timestamp}</timestamp>
    <size>${sizes[0]}</size>
    <open-size>${sizes[1]}</open-size>
  </data>
</repomd>
`;
}

/** In hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
