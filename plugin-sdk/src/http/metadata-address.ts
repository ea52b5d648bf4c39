import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { PluginError } from '../errors.ts';

/**
 * Where clouds answer with the credentials of the machine that asks: the link-local ranges as a whole (RFC
 * 3927, RFC 4291; AWS, Azure, Google, Oracle, OpenStack, DigitalOcean, Hetzner, Tencent), and the addresses
 * that some put elsewhere. IPv4 addresses inside IPv6 ones are listed as they come through NAT64 (RFC 6052)
 * and 6to4 (RFC 3056); IPv4-mapped ones are recognised by `BlockList`.
 */
const refused = new BlockList();
refused.addSubnet('169.254.0.0', 16, 'ipv4');
refused.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');
refused.addSubnet('2002:a9fe::', 32, 'ipv6');
refused.addSubnet('fe80::', 10, 'ipv6');
refused.addSubnet('fd00:ec2::', 32, 'ipv6'); // AWS: instance metadata ::254, EKS pod identity ::23
refused.addAddress('fd20:ce::254', 'ipv6'); // Google
refused.addAddress('fd00:c1::a9fe:a9fe', 'ipv6'); // Oracle
refused.addAddress('fd00:42::42', 'ipv6'); // Scaleway
for (const [address, nat64, sixToFour] of [
  ['100.100.100.200', '64:ff9b::6464:64c8', '2002:6464:64c8::'], // Alibaba
  ['168.63.129.16', '64:ff9b::a83f:8110', '2002:a83f:8110::'], // Azure's wire server
  ['192.0.0.192', '64:ff9b::c000:c0', '2002:c000:c0::'], // Oracle, classic
] as const) {
  refused.addAddress(address, 'ipv4');
  refused.addAddress(nat64, 'ipv6');
  refused.addSubnet(sixToFour, 48, 'ipv6');
}

/** The names of those services, for where a proxy resolves names and the address is never seen here. */
const refusedNames: ReadonlySet<string> = new Set([
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
  'metadata.azure.internal',
  'metadata.tencentyun.com',
  'rancher-metadata',
]);

/** Thousands of requests in a row go to one host, and the list costs as much as a tenth of a request. */
let lastAllowed: string | undefined;

/**
 * Refuses the host of a URL (as `URL.hostname` writes it) that is a cloud's metadata service, by address or
 * by name. Throws `FORBIDDEN`. A name that resolves to such an address is caught by {@link lookupElsewhere}.
 */
export function refuseMetadata(hostname: string): void {
  if (hostname === lastAllowed) return;
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  const family = isIP(bare);
  if (
    family === 0 ? refusedNames.has(bare.endsWith('.') ? bare.slice(0, -1) : bare) : isRefused(bare, family)
  ) {
    throw refusal(bare);
  }
  lastAllowed = hostname;
}

/**
 * `dns.lookup` that fails with `FORBIDDEN` where a name leads to a cloud's metadata service: for the agents
 * that connect.
 */
export const lookupElsewhere: LookupFunction = (hostname, options, callback) => {
  // The overloads of `lookup` hang on the type of `all`, which is known only at run time.
  const asked: LookupOptions = options;
  lookup(hostname, asked, (error, found: string | LookupAddress[], family?: number) => {
    const addresses =
      typeof found === 'string' ? [{ address: found, family: family ?? isIP(found) }] : (found ?? []);
    const bad = error === null && addresses.some((one) => isRefused(one.address, one.family));
    callback(bad ? refusal(hostname) : error, found, family);
  });
};

function isRefused(address: string, family: number): boolean {
  return refused.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

function refusal(host: string): PluginError {
  return new PluginError(
    'FORBIDDEN',
    `${host} is a cloud's metadata service, which Sluice never connects to; name the repository's own address`,
  );
}
