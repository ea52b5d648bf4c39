import { PluginError, type PollCall } from '@sluice/plugin-sdk';
import { verifyBytes } from '../checksum.ts';
import { decompress } from '../decompress.ts';
import type { PrimaryReference } from '../repomd.ts';
import { openLarge } from '../source.ts';
import { PrimaryScanner, type ScanReport, type Wanted } from './scanner.ts';

/**
 * The most that is read of primary metadata, decompressed, in bytes: some 300,000 packages have a quarter of
 * it.
 */
const largestOpen = 4 * 2 ** 30;
const progressBytes = 4 * 2 ** 20;

/** What reading takes of a call. */
export type ReadingCall = Pick<PollCall, 'http' | 'signal' | 'progress'>;

/**
 * Reads the primary metadata from `url` once, as it streams, for everything that is wanted. Resolves only if
 * its size and checksums, compressed and open, are those of repomd.xml.
 *
 * Throws `UNTRUSTED` where they are not, `MALFORMED` for what cannot be read, `TOO_LARGE` above 4 GiB, and
 * what fetching does.
 */
export async function readPrimary(
  url: string,
  reference: PrimaryReference,
  wanted: Wanted,
  call: ReadingCall,
): Promise<ScanReport> {
  const { checksum, size, openChecksum, openSize } = reference;
  refuseLarge(Math.max(size ?? 0, openSize ?? 0));
  const body = await openLarge(url, call, largestOpen);
  const stored = verifyBytes(body, 'primary metadata', { checksum, size });
  const open = verifyBytes(decompress(stored, reference.href), 'decompressed primary metadata', {
    checksum: openChecksum,
    size: openSize,
  });
  const scanner = new PrimaryScanner(wanted);
  let done = 0;
  try {
    for await (const chunk of open) {
      scanner.push(chunk);
      refuseLarge(done + chunk.length);
      if (Math.floor(done / progressBytes) < Math.floor((done + chunk.length) / progressBytes))
        call.progress(done + chunk.length, openSize, 'bytes');
      done += chunk.length;
    }
  } catch (thrown) {
    call.signal.throwIfAborted();
    throw thrown;
  } finally {
    body.destroy();
  }
  return scanner.end();
}

function refuseLarge(bytes: number): void {
  if (bytes > largestOpen)
    throw new PluginError(
      'TOO_LARGE',
      `primary metadata has more than ${largestOpen} bytes; split the repository`,
    );
}
