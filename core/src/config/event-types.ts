/** Every type of event that core writes, as `only:` and the event stream name them. */
export const eventTypes = [
  'artifact.published',
  'artifact.republished',
  'artifact.withdrawn',
  'repository.failing',
  'repository.recovered',
  'pipelinerun.queued',
  'pipelinerun.started',
  'pipelinerun.finished',
  'stage.started',
  'stage.finished',
  'stage.waiting',
  'taskrun.started',
  'taskrun.finished',
  'configuration.loaded',
  'configuration.refused',
] as const;

/** What happened. */
export type EventType = (typeof eventTypes)[number];

/**
 * The types that a pattern of `only:` stands for: one type, `artifact.*`, or `*`; none where it fits nothing.
 */
export function expandPattern(pattern: string): readonly EventType[] {
  if (pattern === '*') return eventTypes;
  const family = pattern.endsWith('.*') ? pattern.slice(0, -1) : undefined;
  return eventTypes.filter((type) => (family === undefined ? type === pattern : type.startsWith(family)));
}
