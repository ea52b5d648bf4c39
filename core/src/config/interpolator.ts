import { readFileSync, statSync } from 'node:fs';
import { resolve as resolvePath } from 'node:path';
import type { Template } from './config.ts';
import type { Masker } from './masker.ts';

/** What `${...}` can refer to, and where the values come from. */
export interface InterpolatorOptions {
  /** The directory that `${file:PATH}` starts in: the configuration's. */
  readonly directory: string;
  /** What `${env:NAME}` reads. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Learns every value that is filled in. */
  readonly masker: Pick<Masker, 'add'>;
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
 * `$${` stands for `${` itself. A file's trailing line ends are left out; files are read anew each time, so that a credential that
 * was rotated on disk is used without a reload.
 */
export class Interpolator {
  readonly #options: InterpolatorOptions;

  constructor(options: InterpolatorOptions) {
    this.#options = options;
  }

  /** The text with its references filled in. Throws {@link UnresolvedReference}. */
  resolve(template: Template): string {
    return template.replaceAll(reference, (written, name: string | undefined, end: string | undefined) => {
      if (name === undefined) return '${';
      if (end === undefined) throw new UnresolvedReference(`"${written}" has no closing brace; write $\${ for the text itself`);
      const value = this.#valueOf(name);
      this.#options.masker.add(value);
      return value;
    });
  }

  #valueOf(name: string): string {
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
    const { size } = statSync(file);
    if (size > maxFileBytes) throw new Error(`it is larger than ${maxFileBytes / 1024} KB`);
    return readFileSync(file, 'utf8').replace(/[\r\n]+$/, '');
  } catch (thrown) {
    throw new UnresolvedReference(`\${${name}} cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}
