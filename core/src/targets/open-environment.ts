import type { Work } from './target.ts';

/** A job's environment but for what holds a secret: what may be told to others unasked. */
export function leaveOutSecrets({
  environment,
  secrets,
}: Pick<Work, 'environment' | 'secrets'>): Readonly<Record<string, string>> {
  const isOpen = ([, value]: [string, string]) =>
    !secrets.some((secret) => secret !== '' && value.includes(secret));
  return Object.fromEntries(Object.entries(environment).filter(isOpen));
}

/** What means something only on this machine. */
const local: ReadonlySet<string> = new Set(['PATH', 'HOME', 'LANG']);

/** What a build on another server is told unless its parameters are chosen. */
export function listOpenVariables(
  work: Pick<Work, 'environment' | 'secrets'>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(leaveOutSecrets(work)).filter(([name]) => !local.has(name)));
}
