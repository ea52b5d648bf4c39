/** A shell pattern that was read. */
export interface Glob {
  /** What every match begins with. */
  readonly prefix: string;
  matches(text: string): boolean;
}

type Token = '*' | ((character: string) => boolean);

/** Whether text has what makes it a pattern rather than itself, as libdnf tells it: `*`, `?` or `[`. */
export function isGlob(text: string): boolean {
  return /[*?[]/.test(text);
}

/**
 * Reads a pattern of fnmatch(3), without flags: `*`, `?`, `[a-z]`, `[!a-z]`, `[^a-z]`, and `\` before what is
 * meant as it is. Matching takes at most the product of the lengths.
 */
export function compileGlob(pattern: string): Glob {
  const tokens = [...readTokens(pattern)];
  return { prefix: /^[^*?[\\]*/.exec(pattern)?.[0] ?? '', matches: (text) => matchTokens(tokens, [...text]) };
}

const piece = /\*+|\?|\[([!^]?)(\]?[^\]]*)\]|\\(.)|(.)/gsu;

function* readTokens(pattern: string): Generator<Token> {
  for (const [whole, negation, members, escaped, plain] of pattern.matchAll(piece)) {
    const literal = escaped ?? plain;
    if (literal !== undefined) yield (character) => character === literal;
    else if (members !== undefined) yield readClass(members, negation !== '');
    else yield whole === '?' ? () => true : '*';
  }
}

function readClass(members: string, negated: boolean): (character: string) => boolean {
  const ranges = [...members.matchAll(/(.)-(.)|(.)/gsu)].map(
    ([, low, high, single]) => [low ?? single, high ?? single] as const,
  );
  return (character) =>
    ranges.some(([low = '', high = '']) => low <= character && character <= high) !== negated;
}

/** Where a star took too little it takes one more; an earlier star never needs to be asked again. */
function matchTokens(tokens: readonly Token[], characters: readonly string[]): boolean {
  let token = 0;
  let at = 0;
  let afterStar: { readonly token: number; at: number } | undefined;
  while (at < characters.length) {
    const expected = tokens[token];
    const character = characters[at];
    if (expected === '*') {
      afterStar = { token: ++token, at };
    } else if (expected !== undefined && character !== undefined && expected(character)) {
      token++;
      at++;
    } else if (afterStar) {
      at = ++afterStar.at;
      token = afterStar.token;
    } else {
      return false;
    }
  }
  return tokens.slice(token).every((rest) => rest === '*');
}
