import { Masker } from '../config/masker.ts';

/** A masker for the log of one job. */
export function createMasker(secrets: readonly string[]): Masker {
  const masker = new Masker();
  for (const secret of secrets) masker.add(secret);
  return masker;
}

/** The text with U+FFFD for NUL, which a database takes in no text. */
export function replaceNul(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
