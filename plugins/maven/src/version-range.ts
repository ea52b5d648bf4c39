import { compareVersions } from './comparable-version.ts';

/** Which versions a range holds. */
export interface VersionRange {
  contains(version: string): boolean;
}

/** A range that Maven does not take; the message says what is wrong with it. */
export class InvalidRange extends Error {}

interface Bound {
  readonly version: string;
  readonly inclusive: boolean;
}

interface Restriction {
  readonly lower: Bound | undefined;
  readonly upper: Bound | undefined;
}

/**
 * Reads a range as Maven's `VersionRange.createFromVersionSpec` does,
 * https://maven.apache.org/pom.html#Dependency_Version_Requirement_Specification: `[1.0,2.0)`, `(,1.0]`,
 * `[1.5]`, several of them with commas between. A version without brackets is a soft requirement: it
 * recommends, and holds every version. Throws {@link InvalidRange}.
 */
export function parseVersionRange(spec: string): VersionRange {
  const restrictions = [...readRestrictions(spec)];
  return { contains: (version) => restrictions.some((restriction) => isWithin(restriction, version)) };
}

function* readRestrictions(spec: string): Generator<Restriction> {
  let rest = spec;
  let before: Restriction | undefined;
  while (/^[[(]/.test(rest)) {
    const end = rest.search(/[\])]/);
    if (end === -1) throw new InvalidRange('a bracket is not closed');
    const restriction = parseRestriction(rest.slice(0, end + 1));
    if (before?.upper && isBelow(restriction.lower, before.upper))
      throw new InvalidRange('its parts overlap, or do not ascend');
    yield restriction;
    before = restriction;
    rest = trim(trim(rest.slice(end + 1)).replace(/^,/, ''));
  }
  if (rest !== '' && before) throw new InvalidRange('beside a part in brackets every part needs brackets');
  if (rest !== '') yield { lower: undefined, upper: undefined };
}

function isBelow(lower: Bound | undefined, upper: Bound): boolean {
  return lower === undefined || compareVersions(lower.version, upper.version) < 0;
}

function parseRestriction(text: string): Restriction {
  const [fromInclusive, toInclusive] = [text.startsWith('['), text.endsWith(']')];
  const inner = trim(text.slice(1, -1));
  const comma = inner.indexOf(',');
  if (comma === -1) {
    if (!fromInclusive || !toInclusive)
      throw new InvalidRange('a single version needs square brackets: "[1.5]"');
    const bound = { version: inner, inclusive: true };
    return { lower: bound, upper: bound };
  }
  const lower = toBound(inner.slice(0, comma), fromInclusive);
  const upper = toBound(inner.slice(comma + 1), toInclusive);
  if (lower && upper) checkBounds(lower, upper);
  return { lower, upper };
}

function toBound(text: string, inclusive: boolean): Bound | undefined {
  const version = trim(text);
  return version === '' ? undefined : { version, inclusive };
}

function checkBounds(lower: Bound, upper: Bound): void {
  const order = compareVersions(upper.version, lower.version);
  const holdsNone = order < 0 || (order === 0 && !(lower.inclusive && upper.inclusive));
  if (holdsNone) throw new InvalidRange(`no version lies between ${lower.version} and ${upper.version}`);
}

function isWithin({ lower, upper }: Restriction, version: string): boolean {
  return (
    (lower === undefined || isInside(compareVersions(version, lower.version), lower)) &&
    (upper === undefined || isInside(compareVersions(upper.version, version), upper))
  );
}

function isInside(order: number, { inclusive }: Bound): boolean {
  return order > 0 || (order === 0 && inclusive);
}

/** As Java trims. */
function trim(text: string): string {
  return text.replace(/^[\0- ]+|[\0- ]+$/g, '');
}
