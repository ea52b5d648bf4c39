import semver from 'semver';

/**
 * The order of npm versions: semver precedence (https://semver.org, section 11), with versions that are no
 * semver below all others. What that leaves equal (build metadata, a leading v) or does not cover goes by the
 * bytes of the text, so that only the same text is equal. Total; never throws.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [semver.parse(a), semver.parse(b)];
  if (left && right) return left.compare(right) || compareText(a, b);
  if (left || right) return left ? 1 : -1;
  return compareText(a, b);
}

function compareText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
