import { setTimeout as wait } from 'node:timers/promises';
import { PluginError } from '../errors.ts';
import type { Http } from '../http.ts';
import { CallHttp, type ClientParts, type HttpCall } from './call-http.ts';
import { Connections } from './connections.ts';
import { readOrigin } from './credentials.ts';
import { HostSlots } from './host-slots.ts';
import type { Clock, HttpSettings } from './settings.ts';

/** The HTTP of one opened repository: its connections and its bounds outlive the calls that use them. */
export interface HttpClient {
  /** The client as one call sees it: it ends with the call's signal, and says in its log what it repeats. */
  forCall(call: HttpCall): Http;
  /**
   * What went over the wire since the client was made: requests, redirects included, and bytes of bodies, as
   * sent.
   */
  traffic(): { readonly requests: number; readonly bytes: number };
  /**
   * Ends what is in flight with `PLUGIN_FAILED`, and cuts every connection; waits for those that are still
   * being made, at most 10 s.
   */
  close(): Promise<void>;
}

const systemClock: Clock = { now: Date.now, wait: (ms, signal) => wait(ms, undefined, { signal }) };

/** Makes the HTTP of one repository. Throws `CONFIG_INVALID` for settings that cannot work. */
export function createHttp(settings: HttpSettings = {}): HttpClient {
  const trust = settings.trust ?? [];
  trust.forEach(readOrigin);
  const closing = new AbortController();
  const parts: ClientParts = {
    connections: new Connections(settings),
    slots: new HostSlots(settings.concurrencyPerHost ?? 16),
    traffic: { requests: 0, bytes: 0 },
    clock: settings.clock ?? systemClock,
    closed: closing.signal,
    open: new Set(),
    random: settings.random ?? Math.random,
    userAgent: settings.userAgent ?? 'sluice',
    trust,
  };
  const end = (reason: unknown, belongs: (signal: AbortSignal) => boolean) => {
    for (const deadline of parts.open) if (belongs(deadline.signal)) deadline.end(reason);
  };
  return {
    forCall(call) {
      const { signal } = call;
      signal.addEventListener('abort', () => end(signal.reason, (other) => other === signal), { once: true });
      return new CallHttp(parts, call);
    },
    traffic: () => ({ ...parts.traffic }),
    async close() {
      const reason = new PluginError(
        'PLUGIN_FAILED',
        'the repository was closed while it was being asked; open it again',
      );
      closing.abort(reason);
      end(reason, () => true);
      await parts.connections.close();
    },
  };
}
