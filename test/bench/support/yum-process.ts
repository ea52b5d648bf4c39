/**
 * One process of the yum benchmark, so that each is measured from its start: `poll URL SPECS` polls for so
 * many packages, 0 only loads what a poll needs; `warm URL SPECS` polls cold four times and prints the CPU of
 * the last in milliseconds; `unchanged URL POLLS` polls, and then again so often, and prints the CPU of those
 * in milliseconds each; `inflate FILE` decompresses; `parse FILE` reads with the full XML parser alone.
 */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { type PollAnswer, parseSettings } from '@sluice/plugin-sdk';
import { createHttp } from '@sluice/plugin-sdk/http';
import yum from '@sluice/plugin-yum';
import { readPackages } from '../../../plugins/yum/src/primary/package-reader.ts';
import { nameAt } from './primary-generator.ts';

const [task, target = '', count = '1'] = process.argv.slice(2);
const tasks: Readonly<Record<string, () => Promise<void>>> = {
  poll: async () => {
    if (count !== '0') expectRevisions(await openPoll()(), Number(count));
  },
  warm: async () => console.log(await measureWarm()),
  unchanged: async () => console.log(await measureUnchanged()),
  inflate: async () => {
    for await (const chunk of createReadStream(target).pipe(createGunzip({ chunkSize: 262_144 }))) void chunk;
  },
  parse: async () => {
    let found = 0;
    const reader = readPackages({
      package: (rpm) => void (rpm?.name === nameAt(0) && found++),
      declared: () => {},
    });
    for await (const text of createReadStream(target)
      .pipe(createGunzip({ chunkSize: 262_144 }))
      .setEncoding('utf8'))
      reader.write(text);
    reader.end();
    if (found === 0) throw new Error('nothing was found');
  },
};
await tasks[task ?? '']?.();

/** A poll that keeps its cursors, as core does. */
function openPoll(): () => Promise<readonly PollAnswer[]> {
  const repository = yum.open(parseSettings(yum.repository, { url: target }), {
    environment: {},
    directory: '/',
  });
  const { signal } = new AbortController();
  const log = { debug: () => {}, info: () => {}, warn: () => {} };
  const http = createHttp().forCall({ signal, log });
  const names = Array.from({ length: task === 'unchanged' ? 1 : Number(count) }, (_, index) =>
    nameAt(index * 64),
  );
  const cursors = new Map<string, string>();
  let cursor: string | undefined;
  return async () => {
    const due = names.map((key) => ({
      key,
      config: parseSettings(yum.package, { spec: key }),
      cursor: cursors.get(key),
    }));
    const call = { http, signal, log, cursor, progress: () => {}, secret: () => {} };
    const answers = await Array.fromAsync(repository.poll(due, call));
    for (const answer of answers) {
      if ('repository' in answer) cursor = answer.repository.cursor;
      else if ('cursor' in answer && answer.cursor !== undefined) cursors.set(answer.key, answer.cursor);
    }
    return answers;
  };
}

function expectRevisions(answers: readonly PollAnswer[], expected: number): void {
  const found = answers.filter((answer) => 'revisions' in answer).length;
  if (found !== expected) throw new Error(`${found} packages were answered, not ${expected}`);
}

async function measureWarm(): Promise<number> {
  for (let poll = 1; poll < 4; poll++) await openPoll()();
  return measureCpu(openPoll());
}

async function measureUnchanged(): Promise<number> {
  const poll = openPoll();
  await poll();
  const cpuMs = await measureCpu(async () => {
    for (let index = 0; index < Number(count); index++) {
      if ((await poll()).some((answer) => !('unchanged' in answer)))
        throw new Error('the repository has changed');
    }
  });
  return cpuMs / Number(count);
}

async function measureCpu(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
