import type { Writable } from 'node:stream';
import type { Masker } from '../config/masker.ts';
import type { CliSurroundings } from './surroundings.ts';

/** Where a command writes. */
export interface TerminalOptions {
  readonly stdout: Writable;
  /** `isTTY` says whether somebody watches. */
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly masker: Masker;
}

const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const eraseLine = '\r\u001b[2K';

/**
 * How commands talk to people and to programs. What others wrote cannot steer the terminal, and secrets are
 * masked.
 */
export function createTerminal({
  stdout,
  stderr,
  masker,
}: TerminalOptions): Pick<
  CliSurroundings,
  'print' | 'printJson' | 'printJsonLine' | 'warn' | 'showProgress'
> {
  for (const stream of [stdout, stderr]) stream.on('error', endUnlessUnread);
  let isShowing = false;
  const clear = () => {
    if (isShowing) stderr.write(eraseLine);
    isShowing = false;
  };
  const writeTo = (stream: Writable, text: string) => {
    clear();
    stream.write(`${text}\n`);
  };
  return {
    print: (line) => writeTo(stdout, escapeControls(masker.mask(line))),
    printJson: (value) => writeTo(stdout, toSafeJson(value, 2)),
    printJsonLine: (value) => writeTo(stdout, toSafeJson(value)),
    warn: (line) => writeTo(stderr, escapeControls(masker.mask(line))),
    showProgress: (line) => {
      clear();
      if (line === undefined || !stderr.isTTY) return;
      stderr.write(escapeControls(line));
      isShowing = true;
    },
  };
}

/** Whoever reads may leave, as `head` does: then there is nobody to tell, and nothing is wrong. */
function endUnlessUnread(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}

/**
 * A text in one line in which nothing is invisible: control, format and line separating characters are
 * written as `\u{1b}`.
 */
export function escapeControls(text: string): string {
  return text.replaceAll(invisible, (character) => `\\u{${codeOf(character).toString(16)}}`);
}

/**
 * JSON that is safe to look at, too: invisible characters are escaped as JSON has it (RFC 8259, section 7).
 */
function toSafeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replaceAll(invisible, (character) =>
    character === '\n'
      ? character
      : [...Array(character.length).keys()]
          .map((unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`)
          .join(''),
  );
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
