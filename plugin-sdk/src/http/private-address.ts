import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { PluginError } from '../errors.ts';
import { lookupElsewhere, refuseMetadata } from './metadata-address.ts';

/**
 * Addresses that lead to this machine or stay within a network (IANA's special-purpose registries: RFC 1918,
 * 6598, 3927, 4193, 4291, and what embeds them: RFC 6052, 3056). `BlockList` recognises IPv4-mapped ones.
 */
const privateRanges = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  privateRanges.addSubnet(network, prefix, 'ipv4');
  privateRanges.addSubnet(`64:ff9b::${network}`, 96 + prefix, 'ipv6');
  privateRanges.addSubnet(embedIn6to4(network), 16 + prefix, 'ipv6');
}
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  privateRanges.addSubnet(network, prefix, 'ipv6');
}

/** Who may be connected to. */
export interface Reach {
  /** Whether private addresses may be; a cloud's metadata service never may. */
  readonly allowPrivate: boolean;
}

/**
 * Refuses the host of a URL (as `URL.hostname` writes it) that is a private address where none is allowed, or
 * a cloud's metadata service. Throws `FORBIDDEN`. A name that resolves to such an address is caught by the
 * function that {@link lookupWithin} answers.
 */
export function refuseBeyond(hostname: string, { allowPrivate }: Reach): void {
  refuseMetadata(hostname);
  if (allowPrivate) return;
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  const family = isIP(bare);
  if (family === 0 ? /^(.*\.)?localhost\.?$/i.test(bare) : isPrivate(bare, family)) throw refusal(bare);
}

/**
 * `dns.lookup` that fails with `FORBIDDEN` where a name leads to where nobody may connect to: for the agents
 * that connect.
 */
export function lookupWithin({ allowPrivate }: Reach): LookupFunction {
  return allowPrivate ? lookupElsewhere : lookupPublic;
}

const lookupPublic: LookupFunction = (hostname, options, callback) => {
  // The overloads of `lookup` hang on the type of `all`, which is known only at run time.
  const asked: LookupOptions = options;
  lookup(hostname, asked, (error, found: string | LookupAddress[], family?: number) => {
    const addresses =
      typeof found === 'string' ? [{ address: found, family: family ?? isIP(found) }] : (found ?? []);
    const bad = error === null && addresses.some((one) => isPrivate(one.address, one.family));
    callback(bad ? refusal(hostname) : error, found, family);
  });
};

function embedIn6to4(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return `2002:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}::`;
}

function isPrivate(address: string, family: number): boolean {
  return privateRanges.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

function refusal(host: string): PluginError {
  return new PluginError(
    'FORBIDDEN',
    `${host} is a private address, which the configuration does not allow (targets: allowPrivate: false); name a public one`,
  );
}
