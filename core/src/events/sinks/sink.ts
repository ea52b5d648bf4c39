import type { Template } from '../../config/config.ts';
import type { RecordedEvent } from '../../store/events.ts';
import type { WireConfig } from '../../targets/wires.ts';
import type { Origin } from '../origin.ts';

/** What came of giving an event to somebody. Texts are without secrets. */
export type Answer =
  /** Taken; `warning` where not all went well. */
  | { readonly status: 'taken'; readonly warning?: string }
  /** Not now: the way there is broken, or the receiver. */
  | { readonly status: 'later'; readonly reason: string; readonly retryAfterMs?: number | undefined }
  /** The receiver wants this event never. */
  | { readonly status: 'refused'; readonly reason: string };

/** Who is told of events. */
export interface Sink {
  /**
   * Gives one event to the receiver. Rejects when the signal aborts, and in words without secrets where it
   * cannot even be tried.
   */
  give(event: RecordedEvent, signal: AbortSignal): Promise<Answer>;
}

/** What sinks need. */
export interface SinkSurroundings {
  /** How other servers are reached: proxies, authorities, private addresses. */
  readonly config: WireConfig;
  /** Fills in what a template refers to; throws where it cannot, in words without the values. */
  readonly resolve: (template: Template) => string;
  readonly origin: Origin;
  readonly now: () => number;
  /** For one try, in milliseconds. */
  readonly tryMs: number;
}
