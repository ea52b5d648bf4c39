import { reason } from './kind.ts';

const bytes = 'compare the bytes; acknowledge the new digest where they are right';

/** Why a publication starts something in a pipeline that listens to it, or not. */
export const publicationReasons = {
  published: reason<{ package: string; version: string }>(
    'A version of a package was published.',
    'nothing is to be done',
    ({ package: name, version }) => `${name} ${version} was published`,
  ),
  'pointer-moved': reason<{ package: string; version: string }>(
    'The pointer that the package follows (a dist-tag, `<release>`) names another version now.',
    'nothing is to be done',
    ({ package: name, version }) => `${name} now points to ${version}`,
  ),
  manual: reason<{ version: string | null }>(
    'The pipeline listens with `trigger: manual`.',
    'trigger a run by hand, or listen with `latest` or `every`',
    ({ version }) => `${version === null ? '' : `${version}: `}trigger: manual starts nothing by itself`,
  ),
  'nothing-startable': reason<{ revisions: number }>(
    'At the first look at a package none of its versions may start anything.',
    'see the standings of its versions, and `accept:`',
    ({ revisions }) => `none of its ${revisions} revisions may start anything`,
  ),
  'had-already': reason<{ version: string }>(
    'A baseline finds that the pipeline has had this version, or a higher one.',
    'nothing is to be done',
    ({ version }) => `the pipeline has had ${version} or a higher one`,
  ),
  'first-none': reason<{ version: string }>(
    'The package says `first: none`, and this is the first look at it.',
    'trigger a run by hand where the version is wanted',
    ({ version }) => `first: none, so ${version} starts nothing`,
  ),
  'only-newest': reason<{ version: string; others: number }>(
    'Of the history that the first look finds only the newest version starts a run.',
    'trigger a run by hand where an older one is wanted',
    ({ version, others }) => `only ${version} starts, its ${others} others do not`,
  ),
  'other-bytes': reason<{ version: string }>(
    'The version has other bytes than those that were recorded first, and nobody has acknowledged them.',
    bytes,
    ({ version }) => `${version} has other bytes than it was published with`,
  ),
  'is-withdrawn': reason<{ version: string }>(
    'The version is not in its repository any more.',
    'publish it again, or a newer one',
    ({ version }) => `${version} is withdrawn`,
  ),
  standing: reason<{ version: string; standing: string }>(
    'The version is deprecated or yanked, and the package does not accept that.',
    'publish a newer one, or add the standing to `accept:`',
    ({ version, standing }) => `${version} is ${standing}, which accept: does not list`,
  ),
  'lower-than-had': reason<{ version: string }>(
    'A version below one that the pipeline has had came: a backport.',
    'trigger a run by hand where it is wanted',
    ({ version }) => `${version}: the pipeline has had a higher one, and trigger: latest never goes down`,
  ),
  'newer-version': reason<{ version: string; by: string }>(
    'Several versions came together, and `trigger: latest` takes the newest.',
    'trigger a run by hand where an older one is wanted, or listen with `every`',
    ({ version, by }) => `${version}: ${by} is newer`,
  ),
  republished: reason<{ version: string }>(
    'A version was published again with other bytes.',
    bytes,
    ({ version }) =>
      `${version} was published again with other bytes; it starts nothing, and waits to be acknowledged`,
  ),
  withdrawn: reason<{ version: string }>(
    'A version was withdrawn from its repository.',
    'nothing is to be done; runs that pinned it are held until it is there again',
    ({ version }) => `${version} is withdrawn and starts nothing`,
  ),
  returned: reason<{ version: string }>(
    'A version that was withdrawn is there again, with the bytes that it had.',
    'trigger a run by hand where it is wanted',
    ({ version }) => `${version} is there again with the same bytes, which starts nothing`,
  ),
  storm: reason<{ version: string; limit: number }>(
    'One poll would start more runs than `maxNewRuns` allows.',
    'take or drop what is held: `sluice held PIPELINE --take all`, `newest` or `none`',
    ({ version, limit }) =>
      `${version}: one poll may start ${limit} runs here (maxNewRuns); take or drop the rest that it would start`,
  ),
  'storm-dropped': reason<{ by: string }>(
    'Somebody dropped a trigger that the storm guard held.',
    'trigger a run by hand where the version is wanted',
    ({ by }) => `${by} dropped it from what the storm guard held`,
  ),
};
