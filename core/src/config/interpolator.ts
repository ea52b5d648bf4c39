import { resolve as resolvePath } from 'node:path';
import type { Template } from './config.ts';
import { isInHost, type Span } from './host-part.ts';
import type { Masker } from './masker.ts';
import { readRegularFile, UnreadableFile } from './regular-file.ts';

/** What `${...}` can refer to, and where the values come from. */
export interface InterpolatorOptions {
  /** The directory that `${file:PATH}` starts in: the configuration's. */
  readonly directory: string;
  /** What `${env:NAME}` reads. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Learns every value that is filled in, but for hosts and ports of URLs. */
  readonly masker: Pick<Masker, 'add'>;
}

/** A text with its references filled in. */
export interface FilledIn {
  readonly text: string;
  /** What was filled in; hosts and ports of URLs are no secrets. */
  readonly secrets: readonly string[];
}

/** A reference that cannot be filled in; the message says which and why, and holds no value. */
export class UnresolvedReference extends Error {
  override readonly name = 'UnresolvedReference';
}

const maxFileBytes = 64 * 1024;
const reference = /\$\$\{|\$\{([^}]*)(\})?/g;

/**
 * Understands how to fill in `${env:NAME}` and `${file:PATH}`, at the moment of use.
 *
 * `$${` stands for `${` itself. A file's trailing line ends are left out; files are read anew each time, so
 * that a credential that was rotated on disk is used without a reload.
 */
export class Interpolator {
  readonly #options: InterpolatorOptions;

  constructor(options: InterpolatorOptions) {
    this.#options = options;
  }

  /**
   * The text with its references filled in. The masker learns what is secret of it. Throws {@link
   * UnresolvedReference}.
   */
  resolve(template: Template): string {
    const { text, secrets } = this.fillIn(template);
    for (const secret of secrets) this.#options.masker.add(secret);
    return text;
  }

  /** The same, and the masker learns nothing yet. */
  fillIn(template: Template): FilledIn {
    let text = '';
    let from = 0;
    const values: (Span & { readonly value: string })[] = [];
    for (const { 0: written, 1: name, 2: end, index } of template.matchAll(reference)) {
      text += template.slice(from, index);
      from = index + written.length;
      const value = name === undefined ? '${' : this.#valueOf(name, end === undefined ? written : undefined);
      if (name !== undefined) values.push({ value, start: text.length, end: text.length + value.length });
      text += value;
    }
    text += template.slice(from);
    return { text, secrets: values.filter((span) => !isInHost(text, span)).map(({ value }) => value) };
  }

  /** `open` is a reference that does not end, as it is written. */
  #valueOf(name: string, open: string | undefined): string {
    if (open !== undefined)
      throw new UnresolvedReference(`"${open}" has no closing brace; write $\${ for the text itself`);
    const { environment, directory } = this.#options;
    if (name.startsWith('file:')) return readText(name, resolvePath(directory, name.slice('file:'.length)));
    if (!name.startsWith('env:')) {
      throw new UnresolvedReference(
        `\${${name}} is neither \${env:NAME} nor \${file:PATH}; write $\${${name}} for the text itself`,
      );
    }
    const value = environment[name.slice('env:'.length)];
    if (value === undefined) throw new UnresolvedReference(`\${${name}} is not set in the environment`);
    return value;
  }
}

function readText(name: string, file: string): string {
  try {
    return readRegularFile(file, maxFileBytes)
      .toString('utf8')
      .replace(/[\r\n]+$/, '');
  } catch (thrown) {
    if (!(thrown instanceof UnreadableFile)) throw thrown;
    throw new UnresolvedReference(`\${${name}} cannot be read: it ${thrown.message}`);
  }
}
