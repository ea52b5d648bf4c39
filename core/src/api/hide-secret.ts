const hidden = '[secret]';

/** Whether all of a text is one reference, which says where the secret is and not what it is. */
export function isReference(value: unknown): boolean {
  return typeof value === 'string' && /^\$\{[^}]*\}$/.test(value);
}

/** A secret as it may be shown: where it comes from, or that there is one. */
export function hideSecret<T>(value: T): T | string {
  return isReference(value) ? value : hidden;
}

/** A URL as it may be shown: without the password and the query, unless they are references. */
export function hideInUrl(url: string): string {
  return url
    .replace(
      /^([^/]*:\/\/[^/@:]*:)(.*)@/,
      (_, start: string, password: string) => `${start}${hideSecret(password)}@`,
    )
    .replace(/\?(.*)$/s, (_, query: string) => `?${hideSecret(query)}`);
}
