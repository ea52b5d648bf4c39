import type { Revision } from '@sluice/plugin-sdk';

/** A revision as the boundary makes it: JSON has given its maps a prototype on the way here. */
export function toRevision(revision: Revision): Revision {
  const { digests, data } = revision;
  return {
    ...revision,
    ...(digests && { digests: withoutPrototype(digests) }),
    ...(data && { data: withoutPrototype(data) }),
  };
}

function withoutPrototype(map: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.assign(Object.create(null), map);
}
