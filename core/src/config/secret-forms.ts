const shortestSecret = 4;
const shortestLine = 8;

/**
 * The texts by which a secret can be recognised: itself, its longer lines, and encoded. Empty for a secret
 * too short to mask.
 */
export function secretForms(secret: string): readonly string[] {
  if (secret.length < shortestSecret) return [];
  const lines = secret.split(/\r?\n/).filter((line, _, all) => all.length > 1 && line.length >= shortestLine);
  const plain = [secret, ...lines];
  return [...new Set(plain.flatMap((text) => [text, ...encode(text)]))].filter(
    (form) => form.length >= shortestSecret,
  );
}

function encode(text: string): readonly string[] {
  const percent = encodeURIComponent(text.toWellFormed());
  return [
    ...inBothAlphabets(Buffer.from(text).toString('base64').replace(/=+$/, '')),
    ...[1, 2].flatMap((offset) => inBothAlphabets(encodeBase64(text, offset))),
    percent,
    percent.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    percent.replaceAll('%20', '+'),
    JSON.stringify(text).slice(1, -1),
  ];
}

/**
 * The base64 digits that depend on the text alone where it stands `offset` bytes into what is encoded (modulo
 * 3), as a password does in `Authorization: Basic`.
 */
function encodeBase64(text: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
  const first = Math.ceil((offset * 8) / 6);
  const last = Math.floor((bytes.length * 8) / 6);
  return bytes.toString('base64').slice(first, last);
}

/** RFC 4648 has two: sections 4 and 5. */
function inBothAlphabets(digits: string): readonly string[] {
  return [digits, digits.replaceAll('+', '-').replaceAll('/', '_')];
}
