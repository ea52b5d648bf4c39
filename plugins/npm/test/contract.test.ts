import { createHash } from 'node:crypto';
import { testPackagePlugin } from '@sluice/plugin-sdk/testing';
import npm from '../src/index.ts';

testPackagePlugin(npm, {
  repository: (origin) => ({ url: `${origin}/npm/`, token: 'npm_not-for-everyone' }),
  package: { name: '@acme/left-pad', versions: '>=1', prereleases: true },
  publications: ['1.0.0', '1.9.0', '1.10.0', '1.2.1', '2.0.0-rc.1'],
  documents: ({ origin, versions }) => ({
    '/npm/-/ping': '{}',
    '/npm/@acme%2fleft-pad': JSON.stringify({
      name: '@acme/left-pad',
      'dist-tags': { latest: versions.at(-1) },
      versions: Object.fromEntries(
        versions.map((version) => [
          version,
          {
            name: '@acme/left-pad',
            version,
            description: 'Pads',
            repository: { type: 'git', url: 'git+https://github.com/acme/left-pad.git' },
            _npmUser: { name: 'alice' },
            dist: {
              integrity: `sha512-${createHash('sha512').update(version).digest('base64')}`,
              shasum: createHash('sha1').update(version).digest('hex'),
              tarball: `${origin}/npm/@acme/left-pad/-/left-pad-${version}.tgz`,
            },
          },
        ]),
      ),
      time: Object.fromEntries(
        versions.map((version, day) => [version, new Date(Date.UTC(2024, 0, day + 1)).toISOString()]),
      ),
    }),
  }),
  ascending: [
    '1.0',
    'nightly',
    '0.9.0',
    '1.0.0-alpha',
    '1.0.0-alpha.9',
    '1.0.0-alpha.10',
    '1.0.0',
    '1.9.0',
    '1.10.0',
    '1.10.0+build',
    '2.0.0',
  ],
  wrong: [
    { in: 'repository', field: 'url', value: 'file:///srv/npm' },
    { in: 'repository', field: 'username', value: 'alice' },
    { in: 'package', field: 'name', value: '../left-pad' },
    { in: 'package', field: 'versions', value: 'newest' },
    { in: 'package', field: 'tag', value: '1.0.0' },
  ],
  absent: { name: 'nobody-has-this' },
});
