/** Epoch, version and release of an rpm; a release may be missing where people write versions by hand. */
export interface Evr {
  /** Digits; `0` where none was written. */
  readonly epoch: string;
  readonly version: string;
  readonly release: string | undefined;
}

/**
 * Reads `[epoch:]version[-release]` as rpm 4.18 does (`parseEVR`): digits before a colon are the epoch, the
 * last dash begins the release.
 */
export function parseEvr(text: string): Evr {
  const [, epoch, rest = ''] = /^(?:(\d*):)?(.*)$/s.exec(text) ?? [];
  const dash = rest.lastIndexOf('-');
  return {
    epoch: epoch || '0',
    version: dash < 0 ? rest : rest.slice(0, dash),
    release: dash < 0 ? undefined : rest.slice(dash + 1),
  };
}

/** The order of rpm 4.18 (`rpmverCmp`): epoch, version, release, where no release is below any. */
export function compareEvr(a: Evr, b: Evr): number {
  return (
    compareSegments(a.epoch, b.epoch) ||
    compareSegments(a.version, b.version) ||
    compareReleases(a.release, b.release)
  );
}

function compareReleases(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return compareSegments(a, b);
}

const separators = /[^A-Za-z0-9~^]*/y;
const digits = /[0-9]*/y;
const letters = /[A-Za-z]*/y;

/**
 * One version or release against another, as rpm 4.18 does it (`rpmvercmp`): runs of digits by value and of
 * letters by bytes, digits above letters, whatever else only separates; `~` is below everything, even the
 * end; `^` is above the end and below whatever else.
 */
export function compareSegments(a: string, b: string): number {
  if (a === b) return 0;
  let atA = 0;
  let atB = 0;
  while (atA < a.length || atB < b.length) {
    atA += take(separators, a, atA).length;
    atB += take(separators, b, atB).length;
    const mark = compareMarks(a[atA], b[atB]);
    if (mark === 'both') {
      atA++;
      atB++;
      continue;
    }
    if (mark !== 'neither') return mark;
    if (atA >= a.length || atB >= b.length) break;

    const kind = isDigit(a[atA]) ? digits : letters;
    const runA = take(kind, a, atA);
    const runB = take(kind, b, atB);
    if (runB === '') return kind === digits ? 1 : -1;
    const order = kind === digits ? compareNumbers(runA, runB) : compareBytes(runA, runB);
    if (order !== 0) return order;
    atA += runA.length;
    atB += runB.length;
  }
  return Number(atA < a.length) - Number(atB < b.length);
}

/** What `~` and `^` decide at this place; `undefined` is the end. */
function compareMarks(a: string | undefined, b: string | undefined): number | 'both' | 'neither' {
  if (a === '~' || b === '~') return a === b ? 'both' : a === '~' ? -1 : 1;
  if (a === '^' || b === '^') {
    if (a === b) return 'both';
    if (a === undefined) return -1;
    if (b === undefined) return 1;
    return a === '^' ? -1 : 1;
  }
  return 'neither';
}

function take(run: RegExp, text: string, at: number): string {
  run.lastIndex = at;
  return run.exec(text)?.[0] ?? '';
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}

/** Runs of digits of any length, by value. */
function compareNumbers(a: string, b: string): number {
  const trimmedA = a.replace(/^0+/, '');
  const trimmedB = b.replace(/^0+/, '');
  return Math.sign(trimmedA.length - trimmedB.length) || compareBytes(trimmedA, trimmedB);
}

function compareBytes(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
