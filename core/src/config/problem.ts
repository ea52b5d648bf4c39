/** The keys that lead to a value of the configuration; an index of a list is its digits. */
export type Path = readonly string[];

/** Something wrong with the configuration, before anybody looked up where it is written. */
export interface Finding {
  readonly path: Path;
  /** Whether the key at the end of the path is to blame, or its value. */
  readonly at: 'key' | 'value';
  /** A sentence that says what to do. */
  readonly message: string;
  /** The file, where the path alone does not tell it. */
  readonly file?: string;
  /** Another place that belongs to the finding; the message then ends with it. */
  readonly other?: { readonly file: string; readonly path: Path };
  /** The text in the file, quoted, ends the message: for numbers that were meant as text. */
  readonly quote?: boolean;
}

/** Something wrong with the configuration, and where it is written. */
export interface ConfigProblem {
  /** As people named it: relative to where they are, if they named it so. */
  readonly file: string;
  /** From 1, as editors count. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A problem as compilers print theirs: `file:line:column: message`. */
export function formatProblem({ file, line, column, message }: ConfigProblem): string {
  return `${file}:${line}:${column}: ${message}`;
}

/** Where a configuration was read from; see {@link Config}. */
export interface ReadFrom {
  readonly files: readonly string[];
  readonly include: readonly string[];
}

/**
 * The configuration cannot be used; carries everything that is wrong with it, sorted by file and position.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];
  readonly readFrom: ReadFrom;

  constructor(problems: readonly ConfigProblem[], readFrom: ReadFrom) {
    super(problems.map(formatProblem).join('\n'));
    this.problems = problems;
    this.readFrom = readFrom;
  }
}

/** Which of two problems comes first: by file, then position, then message. */
export function compareProblems(a: ConfigProblem, b: ConfigProblem): number {
  return (
    compareText(a.file, b.file) || a.line - b.line || a.column - b.column || compareText(a.message, b.message)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
