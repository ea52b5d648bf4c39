import { gzipSync } from 'node:zlib';
import { type PluginCases, testPackagePlugin } from '@sluice/plugin-sdk/testing';
import yum from '../src/index.ts';
import { writePrimary } from './support/primary.ts';
import { sha256, writeRepomd } from './support/repomd.ts';

const cases: PluginCases = {
  repository: (origin) => ({ url: `${origin}/yum`, username: 'alice', password: 'not-for-everyone' }),
  package: { spec: 'left-pad' },
  publications: [
    'left-pad-1.0-1.x86_64',
    'left-pad-1.9-1.x86_64',
    'left-pad-1.10-1.x86_64',
    'left-pad-1:0.1-1.x86_64',
  ],
  documents({ origin, versions }) {
    const rpms = versions.map((nevra) => {
      const [, epoch, version = '', release = ''] =
        /^left-pad-(?:(\d+):)?(.*)-(\d+)\.x86_64$/.exec(nevra) ?? [];
      const href = `${origin}/yum/left-pad-${version}.rpm`;
      const checksum = sha256(Buffer.from(nevra));
      return {
        name: 'left-pad',
        arch: 'x86_64',
        version,
        release,
        href,
        checksum,
        ...(epoch !== undefined && { epoch }),
      };
    });
    const open = Buffer.from(writePrimary([...rpms, { name: 'another' }]));
    const stored = gzipSync(open);
    const href = `${origin}/yum/repodata/${sha256(stored)}-primary.xml.gz`;
    return {
      '/yum/repodata/repomd.xml': writeRepomd({ stored, open, href }),
      [new URL(href).pathname]: stored,
    };
  },
  ascending: [
    'left-pad-1.0~rc1-1.x86_64',
    '1.0-1',
    '1.0^git1-1',
    '1.9-1',
    '1.10-1',
    'left-pad-1:0.1-1.x86_64',
    '2:0.0.1',
  ],
  wrong: [
    { in: 'repository', field: 'url', value: 'https://repo.example.com/$basearch/' },
    { in: 'repository', field: 'mirrorlist', value: 'https://mirrors.example.com/list' },
    { in: 'repository', field: 'username', value: '' },
    { in: 'package', field: 'spec', value: 'left pad' },
    { in: 'package', field: 'spec', value: 'left:pad' },
    { in: 'package', field: 'order', value: 'age' },
  ],
  absent: { spec: 'nobody-has-this' },
};

testPackagePlugin(yum, cases);
