import { HTTP } from 'cloudevents';
import type { HttpSinkConfig } from '../../config/events.ts';
import { createMasker } from '../../targets/log-text.ts';
import { createSigner } from '../../targets/webhook/signature.ts';
import { toCloudEvent } from '../cloud-event.ts';
import { judgeReply, shownBytes } from './judge-reply.ts';
import { readAddress } from './read-address.ts';
import type { Sink, SinkSurroundings } from './sink.ts';
import { SinkWires } from './sink-wires.ts';

/**
 * Sends CloudEvents 1.0 in structured JSON mode, signed as Standard Webhooks says where there is a secret;
 * `webhook-id` is the event's id, the same at every try.
 */
export function createHttpSink(config: HttpSinkConfig, surroundings: SinkSurroundings): Sink {
  const { resolve, origin, now, tryMs } = surroundings;
  const { clientCert, clientKey } = config;
  const wires = new SinkWires(surroundings, { clientCert, clientKey, ca: undefined });
  return {
    async give(event, signal) {
      const url = readAddress(resolve(config.url), config.url);
      const secret = config.secret === undefined ? undefined : resolve(config.secret);
      const headers = Object.fromEntries(
        Object.entries(config.headers).map(([name, value]) => [name, resolve(value)]),
      );
      const hidden = url.href === config.url ? [] : [url.href];
      const masker = createMasker([
        ...hidden,
        ...Object.values(headers),
        ...(secret === undefined ? [] : [secret]),
      ]);
      const cloudEvent = toCloudEvent(event, origin);
      const message = HTTP.structured(cloudEvent);
      const body = String(message.body);
      const signed = createSigner(secret)(cloudEvent.id, now(), body);
      const request = { method: 'POST', url, body, timeoutMs: tryMs, mostBytes: shownBytes, now } as const;
      const reply = await wires.send(
        { ...request, headers: { ...headers, ...message.headers, ...signed } },
        signal,
      );
      signal.throwIfAborted();
      return judgeReply(reply, masker);
    },
  };
}
