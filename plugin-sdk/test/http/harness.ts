import { createHttp, type HttpClient, type HttpSettings } from '../../src/http/index.ts';
import type { Http } from '../../src/http.ts';

/** A client with one call, and what its log says. */
export interface Opened {
  readonly client: HttpClient;
  readonly http: Http;
  readonly call: AbortController;
  readonly said: readonly string[];
}

/** Opens a client that does not really wait between attempts, and one call on it. */
export function openHttp(settings: HttpSettings = {}): Opened {
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  const client = createHttp({
    clock: { now: Date.now, wait: async (_ms, signal) => signal.throwIfAborted() },
    ...settings,
  });
  const call = new AbortController();
  return {
    client,
    call,
    said,
    http: client.forCall({ signal: call.signal, log: { debug: say, info: say, warn: say } }),
  };
}
