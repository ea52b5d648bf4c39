import { type AccessConfig, type PipelineAccess, parseExpiry } from './access.ts';
import type { Template } from './config.ts';
import type { RawAccess, RawPipelineAccess } from './raw-config.ts';

type Resolve = (template: Template) => string;

/** The tokens, from a section that has no mistake. */
export function buildAccess({ tokens }: RawAccess, resolve: Resolve): AccessConfig {
  const built = Object.entries(tokens).map(([name, { sha256, roles = [], expires, person }]) => ({
    name,
    person: person === undefined ? name : resolve(person),
    roles: roles.map(resolve),
    // Never filled in: a hash is no secret, and what stands in the file is what counts.
    sha256: sha256.map((hash) => hash.toLowerCase()),
    expiresAt: expires === undefined ? undefined : parseExpiry(resolve(expires)),
  }));
  return { tokens: new Map(built.map((token) => [token.name, token])) };
}

/** Who may do what with a pipeline. */
export function buildPipelineAccess(
  { view, operate, approve }: RawPipelineAccess,
  resolve: Resolve,
): PipelineAccess {
  return { view: view?.map(resolve), operate: operate?.map(resolve), approve: approve?.map(resolve) };
}
