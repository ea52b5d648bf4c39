import { readFile } from 'node:fs/promises';
import { HTTP } from 'cloudevents';
import type { HttpSinkConfig } from '../../config/events.ts';
import { createMasker } from '../../targets/log-text.ts';
import { post } from '../../targets/webhook/post.ts';
import { createSigner } from '../../targets/webhook/signature.ts';
import { toCloudEvent } from '../cloud-event.ts';
import { judgeReply } from './judge-reply.ts';
import { readAddress } from './read-address.ts';
import type { Sink, SinkSurroundings } from './sink.ts';

/**
 * Sends CloudEvents 1.0 in structured JSON mode, signed as Standard Webhooks says where there is a secret; `webhook-id` is the
 * event's id, the same at every try.
 */
export function createHttpSink(config: HttpSinkConfig, { resolve, origin, now, tryMs }: SinkSurroundings): Sink {
  return {
    async give(event, signal) {
      const url = readAddress(resolve(config.url), config.url);
      const secret = config.secret === undefined ? undefined : resolve(config.secret);
      const headers = Object.fromEntries(Object.entries(config.headers).map(([name, value]) => [name, resolve(value)]));
      const hidden = url.href === config.url ? [] : [url.href];
      const masker = createMasker([...hidden, ...Object.values(headers), ...(secret === undefined ? [] : [secret])]);
      const cloudEvent = toCloudEvent(event, origin);
      const message = HTTP.structured(cloudEvent);
      const body = String(message.body);
      const signed = createSigner(secret)(cloudEvent.id, now(), body);
      const client = await readClient(config);
      const reply = await post({
        ...{ url, body, timeoutMs: tryMs, signal, client, now },
        headers: { ...headers, ...message.headers, ...signed },
      });
      signal.throwIfAborted();
      return judgeReply(reply, masker);
    },
  };
}

/** Read anew at every try, so that a certificate that was renewed on disk is used without a reload. */
async function readClient({ clientCert, clientKey }: HttpSinkConfig) {
  if (clientCert === undefined || clientKey === undefined) return undefined;
  const [certificate, key] = await Promise.all([readFile(clientCert, 'utf8'), readFile(clientKey, 'utf8')]);
  return { certificate, key };
}
