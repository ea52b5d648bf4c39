import type { ConfigProblem, Finding } from '../problem.ts';
import type { Position } from './document.ts';
import type { SourceReader } from './source-reader.ts';
import type { Sources } from './sources.ts';

/** Where findings are written, asked of the reader file by file. */
export async function locateFindings(
  reader: SourceReader,
  sources: Sources,
  findings: readonly Finding[],
): Promise<readonly ConfigProblem[]> {
  const located = await locateAll(reader, sources, findings);
  const others = findings.flatMap(({ other }) => (other ? [{ ...other, at: 'key' as const }] : []));
  const otherPositions = (await locateAll(reader, sources, others)).values();
  return findings.map(({ message, quote, other, ...place }, index) => {
    const { line, column, source } = located[index] ?? { line: 1, column: 1, source: '' };
    const otherPosition = other && otherPositions.next().value;
    const ending = quote
      ? `: "${source}"`
      : otherPosition
        ? `; the other is at ${sources.nameOf(other.file)}:${otherPosition.line}:${otherPosition.column}`
        : '';
    return {
      file: sources.nameOf(place.file ?? sources.fileOf(place.path)),
      line,
      column,
      message: `${message}${ending}`,
    };
  });
}

type Located = Pick<Finding, 'path' | 'at' | 'file'>;

async function locateAll(
  reader: SourceReader,
  sources: Sources,
  places: readonly Located[],
): Promise<readonly (Position | undefined)[]> {
  const fileOf = ({ file, path }: Located) => file ?? sources.fileOf(path);
  const positions = new Map<Located, Position>();
  for (const [file, inFile] of Map.groupBy(places, fileOf)) {
    const found = await reader.locate(
      file,
      inFile.map(({ path, at }) => ({ path, at })),
    );
    for (const [index, position] of found.entries()) {
      const place = inFile[index];
      if (place) positions.set(place, position);
    }
  }
  return places.map((place) => positions.get(place));
}
