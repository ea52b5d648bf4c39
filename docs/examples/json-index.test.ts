import { createHash } from 'node:crypto';
import { testPackagePlugin } from '@sluice/plugin-sdk/testing';
import jsonIndex from './json-index.ts';

testPackagePlugin(jsonIndex, {
  repository: (origin) => ({ url: `${origin}/tools`, token: 'a-token-for-the-test' }),
  package: { name: 'hammer' },
  publications: ['1.0.0', '1.9.0', '1.10.0'],
  documents: ({ origin, versions }) => ({
    '/tools/': 'the tools',
    '/tools/hammer.json': JSON.stringify(
      Object.fromEntries(
        versions.map((version) => [
          version,
          {
            url: `${origin}/tools/hammer-${version}.zip`,
            sha256: createHash('sha256').update(version).digest('hex'),
          },
        ]),
      ),
    ),
  }),
  ascending: ['1.0.0', '1.9.0', '1.10.0', '2.0.0'],
  wrong: [
    { in: 'repository', field: 'url', value: 'not a URL' },
    { in: 'package', field: 'name', value: '../hammer' },
  ],
  absent: { name: 'nobody-has-this' },
});
