import { Masker } from '../config/masker.ts';

/** A masker for the log of one job. */
export function createMasker(secrets: readonly string[]): Masker {
  const masker = new Masker();
  for (const secret of secrets) masker.add(secret);
  return masker;
}
