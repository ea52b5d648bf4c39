import { type EventData, textOf } from './event-data.ts';

/**
 * The package URL of the revision that an event is about (purl-spec). Where the plugin told none it is of the
 * type `generic`, with the repository's name as the namespace, and a digest as the qualifier `checksum` where
 * one is known.
 */
export function toPackageUrl(data: EventData): string {
  const purl = textOf(data, 'purl');
  if (purl !== '') return purl;
  const path = textOf(data, 'package').split('/').map(encodeURIComponent).join('/');
  const digest = textOf(data, 'digest');
  const checksum = digest === '' ? '' : `?checksum=${digest}`;
  return `pkg:generic/${path}@${encodeURIComponent(textOf(data, 'version'))}${checksum}`;
}
