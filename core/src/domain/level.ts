/**
 * What is at a level of a package: `deploying` from the begin of a stage that deploys there, `live` once it
 * has passed, `uncertain` where nobody can know what a deployment left behind.
 */
export type PlaceState = 'empty' | 'deploying' | 'live' | 'uncertain';

/** What became of a version at a level; `undone` where it was cancelled before any job began. */
export type StayState = 'deploying' | 'live' | 'uncertain' | 'replaced' | 'undone';

/** What brings a run into a stage. */
export type Road = 'trigger' | 'hand' | 'pass' | 'approval' | 'rerun';
