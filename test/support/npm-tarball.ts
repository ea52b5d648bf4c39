import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/**
 * What `npm pack` makes of a folder that holds nothing but this package.json; the same manifest gives the
 * same bytes.
 */
export async function packManifest(manifest: Readonly<Record<string, unknown>>): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name: 'package/package.json', mtime: new Date(0) }, JSON.stringify(manifest, null, 2));
  archive.finalize();
  return gzipSync(await buffer(archive));
}
