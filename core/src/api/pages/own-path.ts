const base = 'http://sluice.invalid';

/**
 * Whether a browser that is sent to a text stays here: a path of ours, with a query perhaps, as browsers
 * write it themselves. What they read otherwise than it looks (`//host`, `/\host`, tabs and line ends, dots
 * that go up) is none, also where it is encoded.
 */
export function isOwnPath(text: string): boolean {
  if (!/^\/[\x21-\x7e]*$/.test(text) || !URL.canParse(text, base)) return false;
  const { origin, pathname } = new URL(text, base);
  const [path = ''] = text.split(/[?#]/);
  return origin === base && [path, pathname].every((one) => decodeAll(one).every(isPlain));
}

function isPlain(path: string): boolean {
  return !path.startsWith('//') && !/[\\\p{Cc}]/u.test(path);
}

/** A path, and what it is once it was decoded, and what that is. */
function decodeAll(path: string): readonly string[] {
  const forms = [path];
  for (let form = path; form.includes('%'); forms.push(form)) {
    const decoded = form.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (decoded === form) return forms;
    form = decoded;
  }
  return forms;
}
