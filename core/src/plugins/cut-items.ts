import { crossing } from './protocol.ts';

/** A long list as JSON in pieces of bounded length, each without its brackets. */
export function* cutItems(items: readonly unknown[]): Generator<string> {
  let piece: string[] = [];
  let characters = 0;
  for (const item of items) {
    const json = JSON.stringify(item);
    if (characters > 0 && characters + json.length > crossing.piece) {
      yield piece.join(',');
      piece = [];
      characters = 0;
    }
    piece.push(json);
    characters += json.length;
  }
  if (piece.length > 0) yield piece.join(',');
}
