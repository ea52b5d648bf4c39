/** A cell of a table: text, a figure, or null where there is none. */
export type Cell = string | number | null;

/** What one benchmark found. */
export interface Report {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** What one must know to read the table, a sentence each. */
  readonly notes: readonly string[];
}

/** Measures; says on `say` how far it is. */
export type Bench = (say: (line: string) => void) => Promise<Report>;

/** The report as a Markdown section with a table. */
export function toMarkdown({ title, columns, rows, notes }: Report): string {
  const lines = [columns, columns.map(() => '---'), ...rows.map((row) => row.map(showCell))];
  const table = lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return [
    `## ${title}`,
    table,
    ...(notes.length > 0 ? [notes.map((note) => `- ${note}`).join('\n')] : []),
  ].join('\n\n');
}

function showCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return cell;
  const digits = Math.abs(cell) >= 100 ? 0 : Math.abs(cell) >= 10 ? 1 : 2;
  return cell.toLocaleString('en-US', { maximumFractionDigits: digits });
}
