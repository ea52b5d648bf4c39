import { stripVTControlCharacters } from 'node:util';
import { type LogAddress, readJobLog } from '../../store/logs.ts';
import type { Store } from '../../store/store.ts';

const mostFound = 500;
const longestShown = 500;

/** The lines of a log in which a text was found. */
export interface Found {
  /** `number` counts from 0. */
  readonly lines: readonly { readonly number: number; readonly text: string }[];
  /** Whether there are more than are told. */
  readonly more: boolean;
  /** How many lines were looked at. */
  readonly count: number;
}

/** Searches a log for a text, whatever its case; at most 500 lines are told. */
export async function findLines(store: Store, address: LogAddress, wanted: string): Promise<Found> {
  const needle = wanted.toLowerCase();
  const found: { readonly number: number; readonly text: string }[] = [];
  let number = 0;
  for await (const line of readLines(store, address)) {
    const text = stripVTControlCharacters(line);
    if (text.toLowerCase().includes(needle)) found.push({ number, text: text.slice(0, longestShown) });
    if (found.length > mostFound) break;
    number++;
  }
  return { lines: found.slice(0, mostFound), more: found.length > mostFound, count: number };
}

/** The text of a log, a part after the other, as far as it is there. */
export async function* readParts(store: Store, address: LogAddress): AsyncGenerator<string, void> {
  for (let after: string | undefined; ; ) {
    const from = after;
    const part = await store.read((tx) => readJobLog(tx, address, from));
    if (!part || part.text === '') return;
    yield part.text;
    after = part.next;
  }
}

async function* readLines(store: Store, address: LogAddress): AsyncGenerator<string, void> {
  let rest = '';
  for await (const text of readParts(store, address)) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
