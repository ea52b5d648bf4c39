/**
 * A URL that was filled in; `written` is what may be shown of it. Throws where it is no http or https
 * address.
 */
export function readAddress(address: string, written: string): URL {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new Error(`its url, ${written}, is no http or https address`);
  return url;
}
