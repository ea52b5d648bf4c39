/** A part of a text, from its start up to but without its end. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const authority = /^(?:https?|postgres(?:ql)?):\/\/([^/?#\\\s]*)/i;

/**
 * Whether a part of a text lies within the host and port of a URL, behind its user info: what stands there is
 * shown anyway.
 */
export function isInHost(text: string, { start, end }: Span): boolean {
  const [found = '', user = ''] = authority.exec(text) ?? [];
  const from = found.length - user.length + user.lastIndexOf('@') + 1;
  return found !== '' && start >= from && end <= found.length;
}
