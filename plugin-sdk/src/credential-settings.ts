import type { Credentials } from './http.ts';
import type { FieldProblem } from './plugin.ts';
import type { Secret } from './secret.ts';

/**
 * The settings of a repository that prove who asks, by the names that the bundled plugins give them; a plugin
 * may have some of them.
 */
export interface CredentialSettings {
  readonly token?: Secret | undefined;
  readonly username?: string | undefined;
  readonly password?: Secret | undefined;
}

/** The credentials that settings name; undefined where they name none. */
export function readCredentials({ token, username, password }: CredentialSettings): Credentials | undefined {
  if (token) return { bearer: token };
  return username !== undefined && password ? { username, password } : undefined;
}

/** What is wrong with them together, for a plugin's `validate`. */
export function* findCredentialProblems({
  token,
  username,
  password,
}: CredentialSettings): Generator<FieldProblem> {
  const blame = (field: keyof CredentialSettings, message: string): FieldProblem => ({
    in: 'repository',
    field,
    message,
  });
  if (token && (username || password))
    yield blame('token', 'use either "token", or "username" and "password"');
  if (username && !password) yield blame('username', '"password" is missing');
  if (password && !username) yield blame('password', '"username" is missing');
}
