/**
 * A number with its size class and its digits without leading zeros (none is zero); a qualifier, as it sorts;
 * or a list of items.
 */
type Item = NumberItem | string | readonly Item[];

interface NumberItem {
  /**
   * Maven compares by the type that the digits need before it compares values: 0 for int, 1 for long, 2 for
   * larger.
   */
  readonly size: 0 | 1 | 2;
  readonly digits: string;
}

const qualifiers = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];
const aliases: ReadonlyMap<string, string> = new Map([
  ['ga', ''],
  ['final', ''],
  ['release', ''],
  ['cr', 'rc'],
]);
const shortForms: ReadonlyMap<string, string> = new Map([
  ['a', 'alpha'],
  ['b', 'beta'],
  ['m', 'milestone'],
]);
const release = String(qualifiers.indexOf(''));
/**
 * Dots, dashes, and runs of digits or of anything else. Java looks at UTF-16 units, so that digits beyond the
 * first plane are none.
 */
const tokens = /[.\-]|[\p{Nd}--[\u{10000}-\u{10FFFF}]]+|(?:[^\p{Nd}.\-]|[\u{10000}-\u{10FFFF}])+/gv;
const zero: NumberItem = { size: 0, digits: '' };

/**
 * The order of Maven's own `ComparableVersion` (Maven 3.8.7), to the letter: -1, 0 or 1. Never throws.
 *
 * It is antisymmetric; on text that nobody would call a version it is not transitive, as Maven's is not.
 */
export function compareVersions(a: string, b: string): number {
  return compareLists(parseVersion(a), parseVersion(b));
}

function compareLists(a: readonly Item[], b: readonly Item[]): number {
  for (let i = 0; i < a.length || i < b.length; i++) {
    const order = compareItems(a[i], b[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareItems(a: Item | undefined, b: Item | undefined): number {
  if (a === undefined) return b === undefined ? 0 : -compareToNothing(b);
  if (b === undefined) return compareToNothing(a);
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (isList(a) && isList(b)) return compareLists(a, b);
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
  return rankType(a) - rankType(b) > 0 ? 1 : -1;
}

function compareToNothing(item: Item): number {
  if (typeof item === 'string') return compareText(item, release);
  if (isNumber(item)) return item.digits === '' ? 0 : 1;
  return item.map(compareToNothing).find((order) => order !== 0) ?? 0;
}

function compareNumbers(a: NumberItem, b: NumberItem): number {
  return Math.sign(a.size - b.size || a.digits.length - b.digits.length) || compareText(a.digits, b.digits);
}

/** By UTF-16 code units, as Java compares. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** `1-sp` is below `1-1`, and that below `1.1`. */
function rankType(item: Item): number {
  if (typeof item === 'string') return 0;
  return isList(item) ? 1 : 2;
}

function isList(item: Item): item is readonly Item[] {
  return Array.isArray(item);
}

function isNumber(item: Item): item is NumberItem {
  return typeof item === 'object' && !isList(item);
}

/**
 * Understands how a version's text falls into items: each dash, and each change between letters and digits,
 * opens a list in the list.
 */
class ItemReader {
  readonly #lists: Item[][] = [[]];

  get items(): readonly Item[] {
    // Innermost first, since a list that is left empty counts for nothing in the one around it.
    for (const list of this.#lists.toReversed()) dropTrailingNothing(list);
    return this.#lists[0] ?? [];
  }

  get #innermost(): Item[] {
    return this.#lists.at(-1) ?? [];
  }

  add(item: Item): void {
    this.#innermost.push(item);
  }

  /** `.x` is read as `-x`. */
  addQualifier(qualifier: string): void {
    if (this.#innermost.length > 0) this.openList();
    this.add(qualifier);
  }

  openList(): void {
    const list: Item[] = [];
    this.add(list);
    this.#lists.push(list);
  }
}

function parseVersion(version: string): readonly Item[] {
  const reader = new ItemReader();
  let run = '';
  for (const [token] of version.toLowerCase().matchAll(tokens)) {
    if (token === '.' || token === '-') {
      reader.add(run === '' ? zero : toItem(run));
      if (token === '-') reader.openList();
      run = '';
      continue;
    }
    if (run !== '') {
      if (isNumeral(run)) reader.add(toNumber(run));
      else reader.addQualifier(toQualifier(run, true));
      reader.openList();
    }
    run = token;
  }
  if (isNumeral(run)) reader.add(toNumber(run));
  else if (run !== '') reader.addQualifier(toQualifier(run, false));
  return reader.items;
}

function dropTrailingNothing(list: Item[]): void {
  for (let i = list.length - 1; i >= 0; i--) {
    const item = list[i];
    if (item === undefined) return;
    if (isNothing(item)) list.splice(i, 1);
    else if (!isList(item)) return;
  }
}

function isNothing(item: Item): boolean {
  if (typeof item === 'string') return item === release;
  return isList(item) ? item.length === 0 : item.digits === '';
}

function toItem(run: string): Item {
  return isNumeral(run) ? toNumber(run) : toQualifier(run, false);
}

function toNumber(text: string): NumberItem {
  const length = text.replace(/^0+(?=[^0])/, '').length;
  const digits = text.replace(/[^0-9]/gu, toAsciiDigit).replace(/^0+/, '');
  // Maven leaves zeros alone where there is nothing else, so that ten of them need a long.
  return { size: length <= 9 ? 0 : length <= 18 ? 1 : 2, digits };
}

function toQualifier(text: string, followedByDigit: boolean): string {
  const whole = (followedByDigit && shortForms.get(text)) || text;
  const qualifier = aliases.get(whole) ?? whole;
  const known = qualifiers.indexOf(qualifier);
  return known === -1 ? `${qualifiers.length}-${qualifier}` : String(known);
}

/** Whether a run is one of digits, of any script. */
function isNumeral(run: string): boolean {
  return /^[\p{Nd}--[\u{10000}-\u{10FFFF}]]/v.test(run);
}

/** The digits of a script lie together, from its zero on. */
function toAsciiDigit(digit: string): string {
  const code = digit.charCodeAt(0);
  let first = code;
  while (isNumeral(String.fromCharCode(first - 1))) first--;
  return String((code - first) % 10);
}
