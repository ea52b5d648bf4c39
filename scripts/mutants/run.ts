/**
 * Makes seeded faults in the engine and its neighbours, one at a time, and runs the tests in memory against
 * each: `npm run mutants -- --seed 7 --count 200`. What lives through them is printed, with where it stands;
 * either a test is missing, or the fault makes no difference. Takes hours, and runs outside CI.
 */
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '../../test/support/random.ts';
import { findMutants, type Mutant } from './find-mutants.ts';

const root = join(import.meta.dirname, '../..');
const rooms = ['domain', 'engine', 'polling', 'api/access'];
/** A mutant that runs for so long hangs, which the tests notice. */
const mostMs = 600_000;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '200' },
    room: { type: 'string', multiple: true, default: rooms },
  },
});

const files = values.room.flatMap((room) => globSync(`core/src/${room}/**/*.ts`, { cwd: root })).toSorted();
const all = files.flatMap((file) => findMutants(file, readFileSync(join(root, file), 'utf8')));
const chosen = choose(all, Number(values.count), Number(values.seed));
console.log(`${chosen.length} of ${all.length} mutants in ${files.length} files, --seed ${values.seed}`);

await runTests();
const survivors: Mutant[] = [];
for (const [index, mutant] of chosen.entries()) {
  const killed = await runTests(mutant).then(
    () => false,
    () => true,
  );
  if (!killed) survivors.push(mutant);
  console.log(`${index + 1} ${killed ? 'killed' : 'SURVIVED'} ${describe(mutant)}`);
}
console.log(`${survivors.length} of ${chosen.length} survived`);

function choose(mutants: readonly Mutant[], count: number, seed: number): readonly Mutant[] {
  const next = createRandom(seed);
  return mutants
    .map((mutant) => ({ mutant, at: next() }))
    .toSorted((a, b) => a.at - b.at)
    .slice(0, count)
    .map(({ mutant }) => mutant);
}

/** Rejects where a test fails; without a mutant, with what the tests print. */
function runTests(mutant?: Mutant): Promise<void> {
  const which = mutant ? ['related', mutant.file, '--run'] : ['run'];
  const args = [
    'vitest',
    ...which,
    '--bail=1',
    '--tags-filter=!long',
    '--config=scripts/mutants/vitest.config.ts',
  ];
  const env = { ...process.env, ...(mutant && { MUTANT: JSON.stringify(mutant) }), SEED: '7' };
  return new Promise((resolve, reject) => {
    execFile('npx', args, { cwd: root, env, timeout: mostMs, maxBuffer: 2 ** 26 }, (error, stdout) => {
      if (!error) resolve();
      else reject(mutant ? error : new Error(`the tests fail without a mutant:\n${stdout}`));
    });
  });
}

function describe({ file, start, end, replacement }: Mutant): string {
  const text = readFileSync(join(root, file), 'utf8');
  const line = text.slice(0, start).split('\n').length;
  const show = (code: string) => code.replaceAll(/\s+/g, ' ').slice(0, 80);
  return `${file}:${line} ${show(text.slice(start, end))} -> ${show(replacement)}`;
}
