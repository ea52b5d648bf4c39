import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import type { Path } from '../problem.ts';
import { yamlFaults } from './yaml-faults.ts';

/** A value of a YAML file that somebody wants to find: a key, or what it stands for. */
export interface Place {
  readonly path: Path;
  readonly at: 'key' | 'value';
}

/** Where a place is written, from 1, and the text of the value at its path, if that is a scalar. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly source: string;
}

/** A mistake in the YAML itself. */
export interface Fault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** What a YAML file says. */
export interface Parsed {
  readonly value: unknown;
  readonly faults: readonly Fault[];
  /**
   * The lines of what stands at the top, and right below that, each by its path: `pipelines`,
   * `pipelines/acceptance`.
   */
  readonly lines: readonly (readonly [path: string, line: number])[];
}

/** Aliases make a small file large: what is left of it expanded must stay below this. */
const maxValues = 2_000_000;

/**
 * The plain value of a YAML 1.2 text, merge keys and aliases expanded, as far as the text has one, and
 * everything wrong with it.
 */
export function parseText(text: string): Parsed {
  const { document, counter } = compose(text);
  const faultAt = (offset: number, message: string): Fault => {
    const { line, col } = counter.linePos(offset);
    return { line, column: col, message };
  };
  const broken = [
    ...[...document.errors, ...document.warnings].map(({ pos, code }) =>
      faultAt(pos[0], `YAML: ${yamlFaults[code]}`),
    ),
    ...findDangling(document).map((offset) =>
      faultAt(offset, 'YAML: there is no anchor of this name before this alias'),
    ),
  ];
  if (broken.length > 0) return { value: undefined, faults: broken, lines: [] };
  const duplicates = findDuplicates(document).map(({ offset, first, key }) => {
    const { line, col } = counter.linePos(first);
    return faultAt(offset, `"${key}" is defined twice; the first is at ${line}:${col}`);
  });
  const lines = listLines(document, counter);
  const expanded = expand(document);
  if ('value' in expanded) return { value: expanded.value, faults: duplicates, lines };
  return { value: undefined, faults: [...duplicates, faultAt(0, `YAML: ${expanded.fault}`)], lines };
}

function listLines({ contents }: Document.Parsed, counter: LineCounter): [string, number][] {
  const listKeys = (map: unknown, before: string): [string, number][] =>
    (isMap(map) ? map.items : []).flatMap(({ key, value }): [string, number][] => {
      if (!isScalar(key)) return [];
      const path = `${before}${key.value}`;
      return [
        [path, counter.linePos(key.range?.[0] ?? 0).line],
        ...(before === '' ? listKeys(value, `${path}/`) : []),
      ];
    });
  return listKeys(contents, '');
}

/**
 * The plain value, or what keeps it from being one: an alias that leads into itself, or aliases that come to
 * too much.
 */
function expand(document: Document.Parsed): { readonly value: unknown } | { readonly fault: string } {
  try {
    // The library's own limit counts uses of an alias, not what they come to: 101 packages could not share
    // their defaults.
    const value: unknown = document.toJS({ maxAliasCount: -1 });
    if (countValues(value, maxValues) < maxValues) return { value };
  } catch {
    return { fault: 'an alias or a merge key ("<<") stands for what it cannot: itself, or no mapping' };
  }
  return { fault: `more than ${maxValues} values once its aliases are expanded; use fewer` };
}

/** Where the places are, in their order; for one that is not there, the nearest that encloses it. */
export function locatePlaces(text: string, places: readonly Place[]): readonly Position[] {
  const { document, counter } = compose(text);
  return places.map((place) => {
    const { offset, source } = find(document, place);
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1), source };
  });
}

function compose(text: string): { document: Document.Parsed; counter: LineCounter } {
  const counter = new LineCounter();
  // The library looks for duplicate keys in quadratic time: findDuplicates does it instead.
  const document = parseDocument(text, {
    lineCounter: counter,
    merge: true,
    stringKeys: true,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  return { document, counter };
}

function findDuplicates(document: Document.Parsed): { key: string; first: number; offset: number }[] {
  const duplicates: { key: string; first: number; offset: number }[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Map<string, number>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        const offset = key.range?.[0] ?? 0;
        const first = seen.get(name);
        if (first === undefined) seen.set(name, offset);
        else duplicates.push({ key: name, first, offset });
      }
    },
  });
  return duplicates;
}

/** Aliases of anchors that are not there, or come later. */
function findDangling(document: Document.Parsed): number[] {
  const anchors = new Set<string>();
  const dangling: number[] = [];
  visit(document, {
    Value(_, { anchor }) {
      if (anchor) anchors.add(anchor);
    },
    Alias(_, { source, range }) {
      if (!anchors.has(source)) dangling.push(range?.[0] ?? 0);
    },
  });
  return dangling;
}

function countValues(value: unknown, limit: number): number {
  let count = 1;
  if (typeof value !== 'object' || value === null) return count;
  for (const part of Object.values(value)) {
    count += countValues(part, limit - count);
    if (count >= limit) break;
  }
  return count;
}

function find(document: Document.Parsed, { path, at }: Place): { offset: number; source: string } {
  let node: unknown = document.contents;
  let found = startOf(node);
  for (const [depth, step] of path.entries()) {
    const [key, value] = stepInto(document, node, step);
    if (key === undefined) break;
    found = startOf((at === 'key' && depth === path.length - 1) || isEmpty(value) ? key : value);
    node = value;
  }
  return { offset: found, source: isScalar(node) ? (node.source ?? '') : '' };
}

/** The key and value that a step leads to; in a list the item is both. */
function stepInto(
  document: Document.Parsed,
  from: unknown,
  step: string,
): readonly [key: unknown, value: unknown] {
  const node = isAlias(from) ? from.resolve(document) : from;
  if (isSeq(node)) return [node.items[Number(step)], node.items[Number(step)]];
  if (!isMap(node)) return [undefined, undefined];
  // Of a key that is there twice the last one counts.
  const pair = node.items.findLast(({ key }) => isScalar(key) && key.value === step);
  return pair ? [pair.key, pair.value] : stepIntoMerged(document, node, step);
}

function stepIntoMerged(
  document: Document.Parsed,
  map: YAMLMap,
  step: string,
): readonly [key: unknown, value: unknown] {
  const merge = map.items.find(({ key }) => isScalar(key) && key.source === '<<')?.value;
  for (const source of isSeq(merge) ? merge.items : [merge]) {
    const found = stepInto(document, source, step);
    if (found[0] !== undefined) return found;
  }
  return [undefined, undefined];
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

/** Nothing is written after the key. */
function isEmpty(node: unknown): boolean {
  return !isNode(node) || (isScalar(node) && node.value === null && node.source === '');
}
