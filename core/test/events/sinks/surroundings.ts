import { Interpolator } from '../../../src/config/interpolator.ts';
import { Masker } from '../../../src/config/masker.ts';
import { describeOrigin } from '../../../src/events/origin.ts';
import type { SinkSurroundings } from '../../../src/events/sinks/sink.ts';

/** What sinks need, with an environment for their templates. */
export function surroundingsWith(environment: Readonly<Record<string, string>>): SinkSurroundings {
  const interpolator = new Interpolator({ directory: '/', environment, masker: new Masker() });
  const server = { host: '127.0.0.1', port: 8153, url: 'https://sluice.example.com', trustProxy: false };
  return {
    config: {
      http: { proxy: undefined, noProxy: [], ca: undefined, concurrencyPerHost: 16 },
      targets: { allowPrivate: true },
    },
    resolve: (template) => interpolator.resolve(template),
    origin: describeOrigin(server, '0d1f0f0e-6a55-4a3e-9a57-6f6bd1a0a0aa'),
    now: Date.now,
    tryMs: 5_000,
  };
}
