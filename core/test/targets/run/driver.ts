// A server in small: performs one job, from the offset it is given, and prints what it stored and the outcome, a line of JSON each.
import { createRunTarget } from '../../../src/targets/run/run-target.ts';
import { makeWork } from './work.ts';

const [directory = '', key = '', command = '', offset = '0'] = process.argv.slice(2);
const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);
const never = new AbortController().signal;

print('ready');
const outcome = await createRunTarget({ directory, now: Date.now }).perform(makeWork(command, { key }), {
  detach: never,
  cancel: never,
  offset: Number(offset),
  async write(text, at) {
    print({ text, offset: at });
  },
});
print({ outcome });
