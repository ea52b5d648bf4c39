// A server in small: waits until it is told the offset of what is stored, performs one job, and prints what
// it stores and the outcome, a line of JSON each.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { processTable } from '../../../src/targets/run/processes.ts';
import { createRunTarget } from '../../../src/targets/run/run-target.ts';
import { nothingElsewhere } from '../elsewhere.ts';
import { makeWork } from '../work.ts';

const [directory = '', key = '', command = ''] = process.argv.slice(2);
const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);
const never = new AbortController().signal;
// Wrappers that dawdle before their claim, as on a busy machine: the window between spawn and claim is what
// is to be hit.
const processes = { ...processTable, startInShell: `${processTable.startInShell}\nsleep 0.05` };
const target = createRunTarget({ directory, now: Date.now, processes });

print({ ready: true });
const [offset] = await once(createInterface({ input: process.stdin }), 'line');
const outcome = await target.perform(makeWork(command, { key }), {
  detach: never,
  cancel: never,
  elsewhere: nothingElsewhere,
  offset: Number(offset),
  async write(text, at) {
    print({ text, offset: at });
  },
});
print({ outcome });
process.stdin.destroy();
