import { Webhook } from 'standardwebhooks';

/** Makes the headers for a message with this id and body, sent at this time (milliseconds). */
export type Signer = (id: string, time: number, body: string) => Readonly<Record<string, string>>;

/**
 * Signs as Standard Webhooks says (symmetric): `webhook-id`, `webhook-timestamp` and, with a secret,
 * `webhook-signature`.
 *
 * A secret that begins with `whsec_` goes on as base64, as the specification writes keys; any other is the
 * key itself, in UTF-8. Throws where it is neither, in words that do not hold it.
 */
export function createSigner(secret: string | undefined): Signer {
  const key = secret === undefined ? undefined : openKey(secret);
  return (id, time, body) => ({
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(time / 1000)),
    ...(key && { 'webhook-signature': key.sign(id, new Date(time), body) }),
  });
}

function openKey(secret: string): Webhook {
  if (secret === '')
    throw new Error('its secret is empty; leave the key out for webhooks that are not signed');
  if (!secret.startsWith('whsec_')) return new Webhook(Buffer.from(secret, 'utf8'), { format: 'raw' });
  try {
    return new Webhook(secret);
  } catch {
    throw new Error(
      'its secret begins with "whsec_" and does not go on as base64; leave the prefix out if it is plain text',
    );
  }
}
