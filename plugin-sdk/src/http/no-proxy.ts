import { BlockList, isIP } from 'node:net';

/** The parts of a URL that decide. */
type Destination = Pick<URL, 'hostname' | 'port' | 'protocol'>;

/**
 * Makes the test whether a URL is asked without the proxy, from the entries that `NO_PROXY` has by custom:
 * `*`, a name (with the names below it; a leading `.` or `*.` is the same), an address, a network in CIDR
 * notation, each but the last with an optional `:port`.
 */
export function matchNoProxy(entries: readonly string[]): (url: Destination) => boolean {
  const matchers = entries
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .map(makeMatcher);
  return (url) => matchers.some((matches) => matches(url));
}

function makeMatcher(entry: string): (url: Destination) => boolean {
  if (entry === '*') return () => true;
  const [network, bits] = entry.split('/', 2);
  if (network !== undefined && bits !== undefined && isIP(network) !== 0)
    return makeNetworkMatcher(network, Number(bits));

  const [, bracketed, plain, port] =
    /^(?:\[(.*)\]|(.*?))(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? [];
  const name = (bracketed ?? plain ?? '').replace(/^\*?\./, '');
  return (url) => {
    if (port !== undefined && port !== portOf(url)) return false;
    const host = bareHost(url);
    return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
  };
}

function makeNetworkMatcher(network: string, bits: number): (url: Destination) => boolean {
  const list = new BlockList();
  list.addSubnet(network, bits, isIP(network) === 6 ? 'ipv6' : 'ipv4');
  return (url) => {
    const host = bareHost(url);
    const family = isIP(host);
    return family !== 0 && list.check(host, family === 6 ? 'ipv6' : 'ipv4');
  };
}

function bareHost({ hostname }: Destination): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname.replace(/\.$/, '');
}

function portOf({ port, protocol }: Destination): string {
  return port || (protocol === 'https:' ? '443' : '80');
}
