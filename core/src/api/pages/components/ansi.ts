import { stripVTControlCharacters } from 'node:util';
import { type Color, createAnsiSequenceParser, type ParseToken } from 'ansi-sequence-parser';
import { type Html, html, type Part } from '../html.ts';

/** What moves a cursor, names a window or links: everything in ECMA-48 that is not a colour. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const notColours = /\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b\[[0-?]*[ -/]*[@-ln-~]/g;

/** Shows lines of a terminal's output, colours as classes; one makes it for lines that follow one another. */
export function createAnsiPainter(): (line: string) => Part {
  const parser = createAnsiSequenceParser();
  return (line) => parser.parse(readLastState(line).replaceAll(notColours, '')).map(paint);
}

/** What a terminal shows of a line that was written over with carriage returns. */
function readLastState(line: string): string {
  const written = line.replace(/\r+$/, '');
  return written.slice(written.lastIndexOf('\r') + 1);
}

function paint({ value, foreground, background, decorations }: ParseToken): Html | string {
  const text = stripVTControlCharacters(value);
  const classes = [
    ...(foreground ? [`fg-${nameColor(foreground)}`] : []),
    ...(background ? [`bg-${nameColor(background)}`] : []),
    ...decorations,
  ];
  return classes.length === 0 ? text : html`<span class=${classes.join(' ')}>${text}</span>`;
}

const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

/** The nearest of the eight colours that the stylesheet has, in a readable shade. */
function nameColor(color: Color): string {
  if (color.type === 'named') return color.name.replace(/^bright/, '').toLowerCase();
  if (color.type === 'rgb') return nameRgb(color.rgb);
  return color.index < 16 ? (names[color.index % 8] ?? 'white') : nameRgb(readCube(color.index));
}

/** The 6 x 6 x 6 cube and the greys of xterm's table. */
function readCube(index: number): readonly [number, number, number] {
  if (index >= 232) return [index * 10 - 2312, index * 10 - 2312, index * 10 - 2312];
  const step = (value: number) => (value % 6) * 51;
  return [step(Math.floor((index - 16) / 36)), step(Math.floor((index - 16) / 6)), step(index - 16)];
}

function nameRgb([red, green, blue]: readonly [number, number, number]): string {
  const half = Math.max(red, green, blue) / 2;
  const bit = (value: number, weight: number) => (value > 0 && value >= half ? weight : 0);
  return names[bit(red, 1) + bit(green, 2) + bit(blue, 4)] ?? 'white';
}
