import { EventEmitter } from 'node:events';

/** What the rooms tell whoever measures or prints: nothing depends on anybody listening. */
export interface Sightings {
  poll: [
    { repository: string; outcome: 'ok' | 'partial' | 'failed'; seconds: number; revisions: number; message: string | undefined },
  ];
  /** A revision was recorded; `lagSeconds` since its publication, where the registry says when that was. */
  revision: [{ repository: string; package: string; version: string; lagSeconds: number | undefined }];
  run: [{ pipeline: string; counter: number; status: 'pending' | 'running' | 'passed' | 'failed' | 'cancelled' }];
  job: [
    {
      pipeline: string;
      counter: number;
      stage: string;
      job: string;
      status: 'running' | 'passed' | 'failed';
      message: string | null;
    },
  ];
  pluginRestart: [{ plugin: string; reason: string }];
}

/** Understands who wants to know what happens in this process. */
export type Observer = EventEmitter<Sightings>;

/** Makes an observer with nobody listening. */
export function createObserver(): Observer {
  return new EventEmitter<Sightings>();
}
