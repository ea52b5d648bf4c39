import type { Nevra } from '../nevra.ts';

// Printable ASCII without white space and what XML reserves: what stands there is what is meant.
const nameShape = /^<package type="rpm">\s*<name>([!-%'-;=?-~]+)<\/name>/;
const headShape =
  /^<package type="rpm">\s*<name>([!-%'-;=?-~]+)<\/name>\s*<arch>([!-%'-;=?-~]+)<\/arch>\s*<version((?: (?:epoch|ver|rel)="[!#-%'-;=?-~]*"){3})\s*(?:\/>|><\/version>)/;

/**
 * The name of the package whose element begins at `start`, where it stands in the place and shape that
 * generators give it; `undefined` where only a parser can tell.
 */
export function readName(bytes: Buffer, start: number, end: number): string | undefined {
  return nameShape.exec(bytes.toString('latin1', start, Math.min(end, start + 160)))?.[1];
}

/** Likewise the whole NEVRA. */
export function readHead(bytes: Buffer, start: number, end: number): Nevra | undefined {
  const [, name, arch, attributes = ''] =
    headShape.exec(bytes.toString('latin1', start, Math.min(end, start + 1024))) ?? [];
  if (name === undefined || arch === undefined) return undefined;
  // Three attributes of which one is missing hold another twice.
  const [epoch, version, release] = attributeShapes.map((shape) => shape.exec(attributes)?.[1]);
  return epoch === undefined || !version || release === undefined
    ? undefined
    : { name, arch, epoch: epoch || '0', version, release };
}

const attributeShapes = [/ epoch="([^"]*)"/, / ver="([^"]*)"/, / rel="([^"]*)"/];
