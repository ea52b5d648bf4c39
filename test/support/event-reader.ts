/** An event as the stream tells it. */
export interface ToldEvent {
  readonly id: number;
  readonly type: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Reads a stream of events until one is the last that is wanted, or the stream ends; answers all of them in
 * their order.
 */
export async function readEvents(
  stream: Response,
  isLast: (event: ToldEvent) => boolean,
): Promise<readonly ToldEvent[]> {
  if (!stream.ok) throw new Error(`GET ${stream.url}: ${stream.status}`);
  const events: ToldEvent[] = [];
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream.body ?? []) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parseEvent(block);
      if (!event) continue;
      events.push(event);
      if (isLast(event)) return events;
    }
  }
  return events;
}

/** Undefined for a heartbeat or a `retry:`. Throws where the stream's own fields and the data disagree. */
function parseEvent(block: string): ToldEvent | undefined {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  const data = fields.get('data');
  if (data === undefined) return undefined;
  const event: ToldEvent = JSON.parse(data);
  if (fields.get('id') !== String(event.id) || fields.get('event') !== event.type)
    throw new Error(`a broken event: ${block}`);
  return event;
}
