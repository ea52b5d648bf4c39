const mostNames = 300;
const mostSeen = 2_000;

/**
 * Understands which statements are asked again and again: they get a name, under which PostgreSQL keeps them
 * parsed and planned for as long as the connection lasts.
 *
 * A statement that takes all columns there are (`*`) gets none: its plan would break when another node
 * migrates the schema.
 */
export class StatementNames {
  readonly #names = new Map<string, string>();
  readonly #seen = new Set<string>();

  /** The name of a statement; undefined for one that is new, or that there is no room for. */
  nameOf(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size === mostNames || text.includes('*')) return known;
    if (!this.#seen.delete(text)) {
      if (this.#seen.size < mostSeen) this.#seen.add(text);
      return undefined;
    }
    const name = `s${this.#names.size}`;
    this.#names.set(text, name);
    return name;
  }
}
