// @module-tag long
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaultyServer } from '@sluice/plugin-sdk/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startLoopbackNpm } from '../support/loopback-npm.ts';
import { type Newcomer, ownPath, seatNewcomer } from '../support/newcomer.ts';
import { until } from '../support/until.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFile(join(root, path), 'utf8');

let registry: FaultyServer;
let newcomer: Newcomer;
beforeEach(async () => {
  registry = await startLoopbackNpm({ fastify: ['5.2.1', '5.3.0'], got: ['16.1.0'] });
  newcomer = await seatNewcomer(`${registry.origin}/`);
});
afterEach(async () => {
  await newcomer?.leave();
  await registry?.close();
});

/** The lines of the README that begin so. */
async function readCommands(beginning: string): Promise<readonly string[]> {
  return (await read('README.md')).split('\n').filter((line) => line.startsWith(beginning));
}

interface RunView {
  readonly counter: number;
  readonly cause: string;
  readonly status: string;
}

/** The runs of a pipeline, newest first, once so many have ended. */
async function readEnded(server: string, pipeline: string, count: number): Promise<readonly RunView[]> {
  return until(async () => {
    const answer = await fetch(`${server}/api/v1/pipelines/${pipeline}/runs`);
    const { items } = (await answer.json()) as { items: readonly RunView[] };
    return (
      items.length >= count &&
      items.every(({ status }) => /^(passed|failed|cancelled)$/.test(status)) &&
      items
    );
  });
}

describe('the commands of the README, as they are printed', () => {
  it('npm start watches what the shipped configuration names, and says where to look', async () => {
    await newcomer.configure(await read('sluice.yaml'));
    const [line = ''] = await readCommands('npm ci && npm start');
    // What is installed already need not be installed again here.
    const server = await newcomer.begin(line.replace('npm ci && ', ''));
    expect(await readEnded(server, 'look', 1)).toMatchObject([{ counter: 1, status: 'passed' }]);
  });

  it('npx sluice ... work on the first configuration, with the registry of the machine', async () => {
    const [, first = ''] = /^```yaml\n(.*?)^```/ms.exec(await read('README.md')) ?? [];
    // As the README says of `url`: leave it out, and npm's own configuration decides. The token is for that
    // url.
    await newcomer.configure(first.replace(/^ {4}config:\n {6}url:.*\n {6}token:.*\n/m, ''));
    const lines = await readCommands('npx sluice ');
    const names = lines.map((line) => line.split(' ')[2]);
    expect(names).toEqual(['validate', 'check', 'serve', 'status', 'trigger']);
    const [validate = '', check = '', serve = '', status = '', trigger = ''] = lines;

    expect(await newcomer.type(validate)).toMatchObject({ code: 0, stderr: '' });
    const checked = await newcomer.type(check);
    expect(checked).toMatchObject({ code: 0, stderr: '' });
    expect(checked.stdout).toMatch(/^npmjs\/fastify: 2 revisions\n {2}5\.3\.0 .*sha512:/);

    const server = await newcomer.begin(serve);
    expect(await readEnded(server, 'acceptance', 1)).toMatchObject([{ counter: 1, status: 'passed' }]);
    const environment = { SLUICE_SERVER: server };
    const told = await newcomer.type(status, environment);
    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(told.stdout).toMatch(/^npmjs: ok, last poll .*\nacceptance: run 1 \(1-5\.3\.0\) passed$/m);
    expect(await newcomer.type(trigger, environment)).toMatchObject({ code: 0, stderr: '' });
    expect(await readEnded(server, 'acceptance', 2)).toMatchObject([
      { status: 'passed' },
      { status: 'passed' },
    ]);
  });
});

describe('npm ci', () => {
  // What npm would do and say, without doing it.
  const command = 'npm ci --dry-run --offline';
  const install = (path: string, options = '') =>
    newcomer.type(`cd ${root} && ${command} ${options}`, { PATH: path });

  it('has nothing to warn of with the Node of this machine, whichever that is', async () => {
    expect(await install(ownPath)).toMatchObject({ code: 0, stderr: '' });
  });

  it('keeps nothing back that it would warn of with the Node that Sluice runs on', async () => {
    expect(
      await install(`${join(root, 'node_modules/node/bin')}:${ownPath}`, '--loglevel=warn'),
    ).toMatchObject({
      code: 0,
      stderr: '',
    });
  });
});
