import { PluginError, parseSettings, type Revision } from '@sluice/plugin-sdk';
import type { Questions } from '../protocol.ts';
import type { Desk } from './desk.ts';

type Item = Questions['merge']['item'];
type Order = (a: Item, b: Item) => number;

/** Says where fresh revisions belong among those in order: see `PluginHost.merge`. */
export async function answerMerge(
  { config, sorted }: Questions['merge']['head'],
  items: readonly Item[],
  { plugin, reply }: Desk,
): Promise<void> {
  const order = makeOrder(plugin, config);
  const known = items.slice(0, sorted);
  // Sorted by version first, so that even an order that contradicts itself gives one answer whatever way they
  // came.
  const fresh = items
    .map((item, index) => ({ item, index }))
    .slice(sorted)
    .sort((a, b) => compareBytes(a.item, b.item))
    .sort((a, b) => order(a.item, b.item));
  let told = 0;
  for (const { item, index } of fresh) {
    await reply.breathe();
    const place = findPlace(known, item, order, told);
    for (; told < place; told++) await reply.part(String(told));
    await reply.part(String(index));
  }
  for (; told < sorted; told++) await reply.part(String(told));
}

/**
 * Which way the plugin compares two versions: -1, 0 or 1. Throws `PLUGIN_FAILED` where it gives no number.
 */
export function toSign(result: unknown): number {
  if (typeof result === 'number' && !Number.isNaN(result)) return Math.sign(result);
  throw new PluginError('PLUGIN_FAILED', 'The plugin broke the contract: comparing gives a number.');
}

function makeOrder(plugin: Desk['plugin'], config: Questions['merge']['head']['config']): Order {
  const { order } = plugin;
  const settings = parseSettings(plugin.package, config);
  const compare: Order = order
    ? (a, b) => toSign(order(toRevision(a), toRevision(b), settings))
    : (a, b) => toSign(plugin.compare(toVersion(a), toVersion(b)));
  return (a, b) => compare(a, b) || compareBytes(a, b);
}

/** The first place, not before `from`, whose item is above this one. */
function findPlace(known: readonly Item[], item: Item, order: Order, from: number): number {
  let low = from;
  let high = known.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = known[middle];
    if (at !== undefined && order(at, item) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compareBytes(a: Item, b: Item): number {
  return Buffer.compare(Buffer.from(toVersion(a)), Buffer.from(toVersion(b)));
}

function toVersion(item: Item): string {
  return typeof item === 'string' ? item : item.version;
}

function toRevision(item: Item): Revision {
  return typeof item === 'string' ? { version: item } : item;
}
