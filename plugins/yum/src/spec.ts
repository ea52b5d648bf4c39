import { compileGlob, isGlob } from './glob.ts';
import { formatNevra, type Nevra } from './nevra.ts';
import { compareSegments } from './rpm-version.ts';

/** One way to read a spec, from the most to the least specific as dnf tries them. */
export interface SpecForm {
  /** How many names may match: one, or all those with a prefix; in lower case. */
  readonly name: { readonly exact: string } | { readonly prefix: string };
  /** Whether a package matches: to the letter, only if the case of its name is ignored, or not. */
  match(nevra: Nevra): 'exactly' | 'ignoring case' | undefined;
  /** The same spec narrowed to an architecture. */
  narrow(arch: string): string;
}

/** A spec that was read. */
export interface Spec {
  readonly text: string;
  readonly forms: readonly SpecForm[];
}

interface Parts {
  readonly name: string;
  readonly epoch?: string | undefined;
  readonly version?: string | undefined;
  readonly release?: string | undefined;
  readonly arch?: string | undefined;
}

// libdnf's forms, in the order of HY_FORMS_MOST_SPEC: NEVRA, NA, NAME, NEVR, NEV.
const name = '(?<name>[^:(/=<> ]+)';
const evr = '-(?:(?<epoch>\\d+):)?(?<version>[^-:(/=<> ]+)';
const release = '-(?<release>[^-:(/=<> ]+)';
const arch = '\\.(?<arch>[^-:.(/=<> ]+)';
const shapes = [name + evr + release + arch, name + arch, name, name + evr + release, name + evr].map(
  (shape) => new RegExp(`^${shape}$`),
);
const epochFirst = /^(\d+):(.+)-([^-:]+-[^-:]+)$/;

/**
 * Reads a spec as `dnf repoquery` does: `name`, `name.arch`, `name-[epoch:]version`,
 * `name-[epoch:]version-release`, `name-[epoch:]version-release.arch`, each with globs in any part, or a glob
 * over the whole; and yum's `epoch:name-version-release.arch`. No forms: it is no spec.
 */
export function parseSpec(text: string): Spec {
  const canonical = text.replace(epochFirst, '$2-$1:$3');
  const forms = shapes.flatMap((shape) => {
    const parts = shape.exec(canonical)?.groups;
    return parts?.['name'] === undefined ? [] : [makeForm({ ...parts, name: parts['name'] })];
  });
  return {
    text,
    forms: forms.length > 0 && isGlob(canonical) ? [...forms, makeWholeForm(canonical)] : forms,
  };
}

function makeForm(parts: Parts): SpecForm {
  const lower = parts.name.toLowerCase();
  const globbed = isGlob(lower);
  const matchesLower = makeTextMatcher(lower);
  const matchesRest = makeRestMatcher(parts);
  return {
    name: globbed ? { prefix: compileGlob(lower).prefix } : { exact: lower },
    match(nevra) {
      if (!matchesLower(nevra.name.toLowerCase()) || !matchesRest(nevra)) return undefined;
      // A name written out may mean the one of several that it is to the letter; a pattern means them all, as
      // in dnf.
      return globbed || nevra.name === parts.name ? 'exactly' : 'ignoring case';
    },
    narrow: (arch) =>
      joinParts({ ...parts, ...(parts.version !== undefined && { release: parts.release ?? '*' }), arch }),
  };
}

function makeRestMatcher({ epoch, version, release, arch }: Parts): (nevra: Nevra) => boolean {
  const matchesVersion = makeVersionMatcher(version);
  const matchesRelease = makeVersionMatcher(release);
  const matchesArch = makeTextMatcher(arch ?? '*');
  return (nevra) =>
    (epoch === undefined || Number(epoch) === Number(nevra.epoch)) &&
    matchesVersion(nevra.version) &&
    matchesRelease(nevra.release) &&
    matchesArch(nevra.arch);
}

/** The last that dnf tries: a pattern over the whole. */
function makeWholeForm(text: string): SpecForm {
  const glob = compileGlob(text);
  return {
    // A name has at least what comes before the first dash.
    name: { prefix: (glob.prefix.split('-', 1)[0] ?? '').toLowerCase() },
    match: (nevra) => (glob.matches(formatNevra(nevra)) ? 'exactly' : undefined),
    narrow: (arch) => `${text.replace(/\*$/, '')}*.${arch}`,
  };
}

function makeTextMatcher(text: string): (value: string) => boolean {
  if (text === '*') return () => true;
  return isGlob(text) ? compileGlob(text).matches : (value) => value === text;
}

/** Versions without globs match by rpm's order, in which 1.0 and 1.00 are the same. */
function makeVersionMatcher(text: string | undefined): (value: string) => boolean {
  if (text === undefined || isGlob(text)) return makeTextMatcher(text ?? '*');
  return (value) => compareSegments(value, text) === 0;
}

function joinParts({ name, epoch, version, release, arch }: Parts): string {
  const evr = version === undefined ? '' : `-${epoch === undefined ? '' : `${epoch}:`}${version}`;
  return `${name}${evr}${release === undefined ? '' : `-${release}`}${arch === undefined ? '' : `.${arch}`}`;
}
