import { testPackagePlugin } from '@sluice/plugin-sdk/testing';
import maven from '../src/index.ts';
import { withChecksum, writeMetadata } from './support/documents.ts';

testPackagePlugin(maven, {
  repository: (origin) => ({ url: `${origin}/maven2/`, token: 'maven_not-for-everyone' }),
  package: { groupId: 'com.acme', artifactId: 'left-pad', versions: '[1,3)' },
  publications: ['1.0', '1.9', '1.10', '1.2.1', '2.0-rc-1'],
  documents: ({ versions }) => {
    const folder = '/maven2/com/acme/left-pad';
    const files = versions.map((version) => {
      const file = `${folder}/${version}/left-pad-${version}`;
      const pom = `<project><url>https://acme.example/left-pad</url><name>Left pad ${version}</name></project>`;
      return {
        ...withChecksum(`${file}.jar`, `the bytes of ${version}`),
        ...withChecksum(`${file}.pom`, pom),
      };
    });
    const metadata = withChecksum(`${folder}/maven-metadata.xml`, writeMetadata(versions), 'sha256');
    return Object.assign({ '/maven2/': '' }, metadata, ...files);
  },
  ascending: [
    '1.0-alpha-1',
    '1.0-rc1',
    '1.0-SNAPSHOT',
    '1.0',
    '1.0-sp',
    '1.2.1',
    '1.9',
    '1.10',
    '2.0-rc-1',
    '2.0',
  ],
  wrong: [
    { in: 'repository', field: 'url', value: 'https://repo.example/?list' },
    { in: 'repository', field: 'username', value: 'alice' },
    { in: 'repository', field: 'settings', value: '/home/alice/settings.xml' },
    { in: 'repository', field: 'server', value: 'nexus' },
    { in: 'package', field: 'groupId', value: '../secret' },
    { in: 'package', field: 'artifactId', value: '..' },
    { in: 'package', field: 'versions', value: '[2,1]' },
    { in: 'package', field: 'versions', value: '[1' },
    { in: 'package', field: 'follow', value: 'release' },
    { in: 'package', field: 'packaging', value: '../jar' },
  ],
  absent: { groupId: 'com.acme', artifactId: 'nobody-has-this' },
});
