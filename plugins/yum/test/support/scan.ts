import { makeDecoder } from '../../src/primary/encoding.ts';
import { readPackages } from '../../src/primary/package-reader.ts';
import type { RpmPackage } from '../../src/primary/rpm-package.ts';
import { PrimaryScanner } from '../../src/primary/scanner.ts';

/**
 * What came of reading a primary.xml: the packages of the names asked for, and how many elements there were.
 */
export interface Scanned {
  readonly found: readonly RpmPackage[];
  readonly packages: number;
  readonly fellBack: boolean;
}

/** Scans a document, given in these pieces, for packages of some names. */
export function scan(pieces: readonly Buffer[], names: ReadonlySet<string>): Scanned {
  const found: RpmPackage[] = [];
  const scanner = new PrimaryScanner({
    mayWantName: (name) => names.has(name),
    wants: ({ name }) => names.has(name),
    take: (rpm) => void found.push(rpm),
  });
  for (const piece of pieces) scanner.push(piece);
  const { packages, fellBack } = scanner.end();
  return { found, packages, fellBack };
}

/** The same by the full parser alone. */
export function parse(document: Buffer, names: ReadonlySet<string>): Scanned {
  const found: RpmPackage[] = [];
  let packages = 0;
  const reader = readPackages({
    package: (rpm) => {
      packages++;
      if (rpm && names.has(rpm.name)) found.push(rpm);
    },
    declared: () => {},
  });
  const decode = makeDecoder(document);
  reader.write(decode(document) + decode());
  reader.end();
  return { found, packages, fellBack: true };
}

/** A document in pieces of so many bytes. */
export function cut(document: Buffer, bytes: number): readonly Buffer[] {
  return Array.from({ length: Math.ceil(document.length / bytes) }, (_, index) =>
    document.subarray(index * bytes, (index + 1) * bytes),
  );
}
