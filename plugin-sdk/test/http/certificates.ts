import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate with its key, as PEM text. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes a certificate authority that is good for a day. */
export function makeAuthority(name: string): Certificate {
  return makeCertificate(name, undefined, [
    extension([0x55, 0x1d, 0x13], tlv(0x30, tlv(0x01, Buffer.of(0xff)))),
  ]);
}

/** Makes a certificate for 127.0.0.1, for a server or a client, that `authority` vouches for. */
export function issue(name: string, authority: Certificate & { readonly name: string }): Certificate {
  const loopback = tlv(0x30, tlv(0x87, Buffer.of(127, 0, 0, 1)));
  return makeCertificate(name, authority, [extension([0x55, 0x1d, 0x11], loopback)]);
}

/** X.509 version 3 (RFC 5280) with ECDSA and SHA-256 (RFC 5758). Node reads certificates, but makes none. */
function makeCertificate(
  name: string,
  issuer: (Certificate & { readonly name: string }) | undefined,
  extensions: Buffer[],
): Certificate {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signer: KeyObject = issuer ? createPrivateKey(issuer.key) : pair.privateKey;
  const now = Date.now();
  const body = tlv(
    0x30,
    tlv(0xa0, tlv(0x02, Buffer.of(2))),
    tlv(0x02, Buffer.of(1, ...randomBytes(8))),
    ecdsaWithSha256,
    nameOf(issuer?.name ?? name),
    tlv(0x30, time(now - 86_400_000), time(now + 86_400_000)),
    nameOf(name),
    pair.publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, tlv(0x30, ...extensions)),
  );
  const der = tlv(0x30, body, ecdsaWithSha256, tlv(0x03, Buffer.of(0), sign('sha256', body, signer)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const size = value.length < 128 ? [value.length] : [0x82, value.length >> 8, value.length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), value]);
}

function extension(oid: readonly number[], value: Buffer): Buffer {
  return tlv(0x30, tlv(0x06, Buffer.from(oid)), tlv(0x04, value));
}

function nameOf(name: string): Buffer {
  return tlv(
    0x30,
    tlv(0x31, tlv(0x30, tlv(0x06, Buffer.of(0x55, 0x04, 0x03)), tlv(0x0c, Buffer.from(name)))),
  );
}

function time(ms: number): Buffer {
  return tlv(0x17, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`));
}

const ecdsaWithSha256 = tlv(0x30, tlv(0x06, Buffer.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)));
