import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Requirement } from '../../../../test/support/requirement.ts';

const run = promisify(execFile);

/** The real tools that make and read rpm repositories. */
export const rpmTools: Requirement = {
  name: 'rpm, createrepo_c and dnf',
  install: 'apt-get install rpm createrepo-c dnf',
  met: ['rpmbuild', 'createrepo_c', 'dnf'].every((program) => existsSync(`/usr/bin/${program}`)),
};

/** What rpmbuild is told of an rpm. */
export interface BuiltRpm {
  readonly name: string;
  readonly version: string;
  readonly release?: string;
  readonly epoch?: number;
  readonly arch?: string;
  readonly vendor?: string;
  readonly packager?: string;
  readonly summary?: string;
  /** What is in its only file. */
  readonly content?: string;
}

/** A directory of real rpms. */
export interface RpmRepository extends AsyncDisposable {
  readonly directory: string;
  /** `file:` URL, with a slash at the end. */
  readonly url: string;
  build(...rpms: readonly BuiltRpm[]): Promise<void>;
  /** Writes the metadata anew. */
  createrepo(...options: readonly string[]): Promise<void>;
}

/** Makes an empty directory for rpms. */
export async function makeRpmRepository(): Promise<RpmRepository> {
  const root = await mkdtemp(join(tmpdir(), 'sluice-rpm-'));
  const directory = join(root, 'repository');
  await mkdir(directory);
  let count = 0;
  return {
    directory,
    url: `${pathToFileURL(directory).href}/`,
    async build(...rpms) {
      for (const rpm of rpms) await buildRpm(rpm, root, directory, ++count);
    },
    async createrepo(...options) {
      await run('createrepo_c', ['--quiet', ...options, directory]);
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

async function buildRpm(rpm: BuiltRpm, root: string, directory: string, count: number): Promise<void> {
  const {
    name,
    version,
    release = '1',
    epoch,
    arch = 'noarch',
    vendor,
    packager,
    summary = 'Made by a test',
  } = rpm;
  const path = join(root, `${count}.spec`);
  const lines = [
    `Name: ${name}`,
    `Version: ${version}`,
    `Release: ${release}`,
    ...(epoch === undefined ? [] : [`Epoch: ${epoch}`]),
    `Summary: ${summary}`,
    'License: MIT',
    'URL: https://made.example.com/?a=1&b=2',
    ...(vendor === undefined ? [] : [`Vendor: ${vendor}`]),
    ...(packager === undefined ? [] : [`Packager: ${packager}`]),
    ...(arch === 'noarch' ? ['BuildArch: noarch'] : []),
    '%description',
    'Made by a test <with> & without',
    '%install',
    'mkdir -p %{buildroot}/usr/share/made',
    `echo "${rpm.content ?? name}" > %{buildroot}/usr/share/made/${name}`,
    '%files',
    `/usr/share/made/${name}`,
  ];
  await writeFile(path, `${lines.join('\n')}\n`);
  const defines = [
    `_topdir ${root}/build`,
    `_rpmdir ${directory}`,
    '_build_id_links none',
    '__os_install_post %{nil}',
    '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm',
  ];
  await run('rpmbuild', [
    '-bb',
    '--quiet',
    '--target',
    arch,
    ...defines.flatMap((define) => ['--define', define]),
    path,
  ]);
}

/**
 * Asks `dnf repoquery` of a repository, cold; answers NEVRAs as dnf prints them
 * (`name-epoch:version-release.arch`), sorted.
 */
export async function repoquery(
  url: string,
  specs: readonly string[],
): Promise<readonly (readonly string[])[]> {
  const cache = await mkdtemp(join(tmpdir(), 'sluice-dnf-'));
  const settings = [
    '--quiet',
    '--disablerepo=*',
    `--repofrompath=it,${url}`,
    '--setopt=it.gpgcheck=0',
    `--setopt=cachedir=${cache}`,
    '--releasever=1',
  ];
  try {
    const ask = async (spec: string, ...more: readonly string[]) => {
      const { stdout } = await run('dnf', ['repoquery', ...settings, ...more, spec], {
        env: { PATH: process.env['PATH'], HOME: cache },
      });
      return stdout
        .split('\n')
        .filter((line) => line !== '')
        .toSorted();
    };
    const answers: (readonly string[])[] = [];
    for (const [index, spec] of specs.entries())
      answers.push(await ask(spec, ...(index === 0 ? ['--refresh'] : ['--cacheonly'])));
    return answers;
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
}
