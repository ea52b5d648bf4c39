import { createHash } from 'node:crypto';
import { type FaultyServer, startFaultyServer } from '@sluice/plugin-sdk/testing';
import { packManifest } from './npm-tarball.ts';

/**
 * Serves packages of an npm registry on loopback, by name, with their versions in the order of publication
 * and real tarballs.
 */
export async function startLoopbackNpm(
  packages: Readonly<Record<string, readonly string[]>>,
): Promise<FaultyServer> {
  const server = await startFaultyServer();
  for (const [name, versions] of Object.entries(packages)) {
    const manifests = await Promise.all(
      versions.map(async (version) => {
        const bytes = await packManifest({ name, version });
        const path = `/${name}/-/${name}-${version}.tgz`;
        server.answer(path, { body: bytes });
        const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
        return [version, { name, version, dist: { tarball: server.origin + path, integrity } }] as const;
      }),
    );
    server.answer(`/${name}`, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        name,
        'dist-tags': { latest: versions.at(-1) },
        versions: Object.fromEntries(manifests),
      }),
    });
  }
  return server;
}
