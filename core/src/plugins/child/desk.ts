import type { PackagePlugin } from '@sluice/plugin-sdk';
import type { OpenRepositories } from './open-repositories.ts';
import type { Reply } from './reply.ts';
import type { Talk } from './talk.ts';

/** What lies on the table while one question is answered. */
export interface Desk {
  readonly plugin: PackagePlugin;
  readonly repositories: OpenRepositories;
  readonly reply: Reply;
  readonly talk: Talk;
}
