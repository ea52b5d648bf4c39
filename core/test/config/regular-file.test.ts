import { execFileSync } from 'node:child_process';
import { symlink, truncate } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readRegularFile, requireRegularFile } from '../../src/config/regular-file.ts';
import { writeFiles } from './load.ts';

test('a file is read, also through a link', async () => {
  const directory = await writeFiles({ a: 'text', empty: '' });
  await symlink('a', join(directory, 'link'));
  expect(readRegularFile(join(directory, 'link'), 4).toString()).toBe('text');
  expect(readRegularFile(join(directory, 'empty'), 4).toString()).toBe('');
});

test.each([
  ['/dev/zero', 'is a device, and no file'],
  ['/dev/stdin', /^is (a device|a pipe|a socket|no ordinary file)/],
  ['/', 'is a directory, and no file'],
  ['/proc/self/environ', 'is no ordinary file'],
  ['/proc/cpuinfo', 'is no ordinary file'],
  ['/sys/kernel/uevent_seqnum', 'is no ordinary file'],
  ['/nonexistent', 'does not exist'],
  ['/etc/passwd/x', 'does not exist'],
])('%s is refused at once', (path, message) => {
  expect(() => readRegularFile(path, 1_000_000)).toThrow(message);
});

test('a pipe that nobody writes to, and a socket, are refused without waiting', async () => {
  const directory = await writeFiles({});
  execFileSync('mkfifo', [join(directory, 'pipe')]);
  const server = createServer().listen(join(directory, 'socket'));
  onTestFinished(() => void server.close());
  for (const [name, kind] of [
    ['pipe', 'a pipe'],
    ['socket', 'a socket'],
  ] as const) {
    expect(() => readRegularFile(join(directory, name), 10)).toThrow(`is ${kind}`);
    expect(() => requireRegularFile(join(directory, name), 10)).toThrow(`is ${kind}, and no file`);
  }
});

test('a file that is too large is refused before any of it is read', async () => {
  const directory = await writeFiles({ huge: '' });
  await truncate(join(directory, 'huge'), 1024 ** 4);
  expect(() => readRegularFile(join(directory, 'huge'), 64 * 1024)).toThrow('is larger than 64 KB');
  expect(() => requireRegularFile(join(directory, 'huge'), 16 * 1024 ** 2)).toThrow('is larger than 16 MB');
});
