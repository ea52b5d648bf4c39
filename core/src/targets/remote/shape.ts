import { RemoteProblem } from './problem.ts';

/** The value at the end of some keys; undefined where there is none. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  let found = value;
  for (const key of keys) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[key];
  }
  return found;
}

/** The text there, if it is one. */
export function textAt(value: unknown, ...keys: readonly string[]): string | undefined {
  const found = at(value, ...keys);
  return typeof found === 'string' ? found : undefined;
}

/** The items of the list there; none where it is no list. */
export function itemsAt(value: unknown, ...keys: readonly string[]): readonly unknown[] {
  const found = at(value, ...keys);
  return Array.isArray(found) ? found : [];
}

/**
 * The id there, as text: a whole number, or a text of letters, digits, "-" and "_". Throws where there is
 * none.
 */
export function requireId(value: unknown, ...keys: readonly string[]): string {
  const found = at(value, ...keys);
  if (typeof found === 'number' && Number.isSafeInteger(found)) return String(found);
  if (typeof found === 'string' && /^[\w-]{1,100}$/.test(found)) return found;
  throw new RemoteProblem(
    'garbled',
    `the server's answer has no "${keys.join('.')}"; is the url that of a server of this kind?`,
  );
}

/**
 * A link that can be shown to people: http or https, without user info, at most 2,048 characters; undefined
 * for anything else.
 */
export function linkOf(value: unknown): string | undefined {
  const url = typeof value === 'string' && value.length <= 2048 ? URL.parse(value) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    return undefined;
  return url.href;
}
