import type { Actor } from '../../engine/actor.ts';
import type { RecordedEvent } from '../../store/events.ts';
import type { Needs } from '../access/require-right.ts';
import type { RouteSurroundings } from '../surroundings.ts';
import type { Html } from './html.ts';

/** The entries of the navigation, in their order. */
export const sections: Readonly<
  Record<Section, { readonly path: string; readonly title: string; readonly role?: Role }>
> = {
  pipelines: { path: '/', title: 'Pipelines' },
  repositories: { path: '/repositories', title: 'Repositories', role: 'viewer' },
  decisions: { path: '/decisions', title: 'Decisions' },
  audit: { path: '/audit', title: 'Audit', role: 'admin' },
  plugins: { path: '/plugins', title: 'Plugins', role: 'viewer' },
  configuration: { path: '/configuration', title: 'Configuration', role: 'viewer' },
};

type Role = 'viewer' | 'operator' | 'admin';

/** Which entry of the navigation a page belongs to. */
export type Section = 'pipelines' | 'repositories' | 'decisions' | 'audit' | 'plugins' | 'configuration';

/** What a page is asked for. */
export interface PageRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Who asks. */
  readonly actor: Actor;
  /** Milliseconds. */
  readonly now: number;
}

/** What a page shows. */
export interface PageView {
  readonly title: string;
  /** Undefined for a page that stands alone. */
  readonly section: Section | undefined;
  /**
   * What stands between the navigation and the foot. Elements with an `id` and `data-part` are kept true
   * while the page is open: the same request must give them the same ids. What belongs to one browser only,
   * as a token does, is not in it.
   */
  readonly main: Html;
  /**
   * Whether an event may change what is shown now, where that is known better than of the page in general.
   */
  readonly concerns?: (event: RecordedEvent) => boolean;
}

/** One page: it reads what it shows, and knows what makes it read again. */
export interface Page {
  /** As fastify writes routes. */
  readonly path: string;
  /** As for every route; what it shows beyond that is filtered by who asks. */
  readonly needs: Needs;
  /** Throws `ApiError`. */
  read(request: PageRequest, surroundings: RouteSurroundings): Promise<PageView>;
  /** Whether an event may change what is shown. */
  concerns(event: RecordedEvent, request: PageRequest): boolean;
  /** How often it is read without an event, in milliseconds; never unless told. */
  readonly refreshMs?: number;
}
