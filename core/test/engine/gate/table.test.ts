import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { gate } from '../../../src/engine/gate/table.ts';

const document = readFileSync(new URL('../../../../docs/levels.md', import.meta.url), 'utf8');

it('the gate is as docs/levels.md has it, road by check', () => {
  const rows = document.split('\n').filter((line) => line.startsWith('| ') && / (wait|pass) \|$/.test(line));
  const head = document.split('\n').find((line) => line.startsWith('| check |')) ?? '';
  const roads = head
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());
  const printed = Object.fromEntries(
    roads.map((road, column) => [
      road,
      Object.fromEntries(
        rows
          .map((row) => row.split('|').map((cell) => cell.trim()))
          .map((row) => [row[1]?.replaceAll('`', ''), row[column + 2]]),
      ),
    ]),
  );
  expect(printed).toEqual(gate);
});
