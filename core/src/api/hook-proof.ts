import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** The headers of a request, names in lower case. */
type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * How a registry or a build server can send the secret itself: the header, and what stands before the secret
 * in it.
 */
const tokenHeaders = [
  { header: 'x-sluice-token', prefix: '' },
  { header: 'authorization', prefix: 'Bearer ' },
  { header: 'x-jfrog-event-auth', prefix: '' },
  { header: 'x-gitlab-token', prefix: '' },
  { header: 'x-buildkite-token', prefix: '' },
] as const;

/**
 * How a registry can sign the raw body with it: the header, the algorithm, and what stands before the
 * hexadecimal digits.
 */
const signatureHeaders = [
  { header: 'x-hub-signature-256', algorithm: 'sha256', prefix: 'sha256=' },
  { header: 'x-npm-signature', algorithm: 'sha256', prefix: 'sha256=' },
  { header: 'x-jfrog-event-auth', algorithm: 'sha256', prefix: '' },
  { header: 'x-nexus-webhook-signature', algorithm: 'sha1', prefix: '' },
] as const;

/**
 * Whether a hook's request knows the repository's secret: GitHub's and npm's signatures (HMAC-SHA256),
 * Nexus's (HMAC-SHA1), JFrog's either way, or the secret itself, as GitLab and Buildkite send it. Compared in
 * constant time.
 */
export function provesItself(headers: Headers, rawBody: Uint8Array, secret: string): boolean {
  const byToken = tokenHeaders.map(({ header, prefix }) => isEqual(headers[header], () => prefix + secret));
  const bySignature = signatureHeaders.map(({ header, algorithm, prefix }) =>
    isEqual(headers[header], () => prefix + createHmac(algorithm, secret).update(rawBody).digest('hex')),
  );
  return [...byToken, ...bySignature].includes(true);
}

/**
 * Compares digests of both, so that neither the content nor the length of the secret shows in the time it
 * takes.
 */
function isEqual(given: string | readonly string[] | undefined, expect: () => string): boolean {
  // What was not sent costs nothing: a flood without proofs has no body signed.
  if (typeof given !== 'string') return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = expect();
  return timingSafeEqual(digest(given), digest(expected)) && given === expected;
}
