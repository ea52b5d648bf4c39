/** What comes before the first package. */
export interface Prolog {
  /** The root's start tag, as it stands there. */
  readonly rootTag: string;
  /** The `packages` attribute of the root. */
  readonly declared: string | undefined;
  /** Where the first package, or the end of the root, begins; in bytes. */
  readonly length: number;
}

/** No prolog that is longer than this is read, in bytes. */
export const longestProlog = 8192;

// In bytes, read as Latin-1: a byte order mark, an XML declaration of UTF-8, and a root in no namespace or
// the right one, all in the shape that generators give it. Whatever else there may be is for the full parser.
const shape =
  /^(?:\xef\xbb\xbf)?(?:<\?xml version=(["'])1\.0\1(?: encoding=(["'])[Uu][Tt][Ff]-8\2)?(?: standalone=(["'])(?:yes|no)\3)? ?\?>)?\s*(?<tag><metadata(?:\s+[A-Za-z:]+=(?:"[^"<&>]*"|'[^'<&>]*'))*\s*>)\s*(?=[^\s])/;
const foreignNamespace = /\sxmlns=(["'])(?!http:\/\/linux\.duke\.edu\/metadata\/common\1)/;
const declaredCount = /\spackages=(?:"([^"]*)"|'([^']*)')/;

/**
 * Reads the prolog of a primary.xml from its first bytes; `undefined` if it is none that can be trusted, or
 * not all here.
 */
export function readProlog(bytes: Buffer): Prolog | undefined {
  const text = bytes.toString('latin1', 0, longestProlog);
  const match = shape.exec(text);
  const tag = match?.groups?.['tag'];
  if (!match || tag === undefined || foreignNamespace.test(tag)) return undefined;
  const [, double, single] = declaredCount.exec(tag) ?? [];
  return {
    rootTag: Buffer.from(tag, 'latin1').toString(),
    declared: double ?? single,
    length: match[0].length,
  };
}
