/** A node of a value stream as the store knows it. */
export interface NodeKey {
  readonly kind: 'run' | 'package';
  /** The run's id, or the revision's. */
  readonly id: number;
}

/** That something flowed from one node to another. */
export interface Link {
  readonly from: NodeKey;
  readonly to: NodeKey;
}

/** Nodes by their kind. */
export interface NodeIds {
  readonly runs: readonly number[];
  readonly revisions: readonly number[];
}

/** Understands which nodes and links a value stream has, and how many it may have at most. */
export class StreamGraph {
  readonly #nodes = new Map<string, NodeKey>();
  readonly #links = new Map<string, Link>();
  readonly #most: number;
  #truncated = false;

  constructor(root: NodeKey, most: number) {
    this.#most = most;
    this.#nodes.set(nameNode(root), root);
  }

  /** How many more nodes it takes. */
  get room(): number {
    return this.#most - this.#nodes.size;
  }

  /** Whether something was left out. */
  get truncated(): boolean {
    return this.#truncated;
  }

  get links(): readonly Link[] {
    return [...this.#links.values()];
  }

  get ids(): NodeIds {
    return splitNodes([...this.#nodes.values()]);
  }

  /** Notes that the store had more than was read. */
  cut(): void {
    this.#truncated = true;
  }

  /** Adds links, with what they link as far as there is room; answers the nodes that are new. */
  add(links: readonly Link[]): NodeIds {
    const fresh: NodeKey[] = [];
    for (const link of links) {
      const missing = [link.from, link.to].filter((node) => !this.#nodes.has(nameNode(node)));
      if (missing.length > this.room) {
        this.#truncated = true;
        continue;
      }
      for (const node of missing) this.#nodes.set(nameNode(node), node);
      fresh.push(...missing);
      this.#links.set(`${nameNode(link.from)} ${nameNode(link.to)}`, link);
    }
    return splitNodes(fresh);
  }
}

function nameNode({ kind, id }: NodeKey): string {
  return `${kind} ${id}`;
}

function splitNodes(nodes: readonly NodeKey[]): NodeIds {
  const idsOf = (kind: NodeKey['kind']) => nodes.filter((node) => node.kind === kind).map(({ id }) => id);
  return { runs: idsOf('run'), revisions: idsOf('package') };
}
