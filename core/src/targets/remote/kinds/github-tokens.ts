import { createSign } from 'node:crypto';
import type { GithubApp } from '../../../config/remote/github.ts';
import type { RemoteHttp } from '../http.ts';
import { RemoteProblem } from '../problem.ts';
import { textAt } from '../shape.ts';

/** Where tokens for GitHub come from. */
export interface GithubTokens {
  /** One that is valid for a few minutes more, at least. */
  get(): Promise<string>;
}

/** A token is minted anew when it expires within this, in milliseconds. */
const marginMs = 300_000;
/** GitHub allows ten minutes; our clock may be ahead. In seconds. */
const jwtAheadS = 540;
const jwtBehindS = 60;

/**
 * The token that is configured, or those that an app's installation mints
 * (https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app).
 */
export function createGithubTokens(
  http: RemoteHttp,
  token: string | undefined,
  app: GithubApp | undefined,
): GithubTokens {
  if (app === undefined) return { get: async () => token ?? '' };
  let minted: { readonly token: string; readonly expiresAt: number } | undefined;
  return {
    async get() {
      if (minted === undefined || minted.expiresAt - marginMs <= http.now()) minted = await mint(http, app);
      return minted.token;
    },
  };
}

async function mint(
  http: RemoteHttp,
  app: GithubApp,
): Promise<{ readonly token: string; readonly expiresAt: number }> {
  const answer = await http.ask({
    method: 'POST',
    path: ['app', 'installations', app.installationId, 'access_tokens'],
    headers: {
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
      authorization: `Bearer ${signJwt(app, http.now())}`,
    },
  });
  const body = answer.json();
  const token = textAt(body, 'token');
  const expiresAt = Date.parse(textAt(body, 'expires_at') ?? '');
  if (token === undefined || Number.isNaN(expiresAt))
    throw new RemoteProblem('refused', 'GitHub answered no token for the app');
  http.learnSecret(token);
  return { token, expiresAt };
}

/** RFC 7519, with RS256 (RFC 7518). Throws where the key is none. */
function signJwt({ appId, privateKey }: GithubApp, now: number): string {
  const seconds = Math.floor(now / 1000);
  const claims = { iat: seconds - jwtBehindS, exp: seconds + jwtAheadS, iss: appId };
  const content = [{ alg: 'RS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  try {
    return `${content}.${createSign('RSA-SHA256').update(content).sign(privateKey, 'base64url')}`;
  } catch {
    // OpenSSL's message may quote what it could not read.
    throw new RemoteProblem(
      'refused',
      "the app's privateKey is no RSA key in PEM form; give the file that GitHub made",
    );
  }
}
