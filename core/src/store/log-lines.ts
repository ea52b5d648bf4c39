import { sql } from 'kysely';
import { findJob, type LogAddress } from './logs.ts';
import type { Tx } from './store.ts';

/** Some lines of a job's log, all its attempts one after the other. */
export interface LogLines {
  /** Which line is the first of these, from 0. */
  readonly from: number;
  /** Without their line ends. */
  readonly lines: readonly string[];
  /** How many lines there are by now. */
  readonly total: number;
  /** Whether nothing comes any more. */
  readonly complete: boolean;
}

/**
 * Which lines: `count` of them after the first `from`; without `from`, the last ones from a multiple of
 * `count`.
 */
export interface LogRange {
  readonly from: number | undefined;
  readonly count: number;
}

/** More text than this, in characters, is not read for one answer: lines without an end are cut there. */
const mostText = 4 * 1024 * 1024;

/** Reads some lines of a job's log; undefined where there is no such job. */
export async function readLogLines(
  tx: Tx,
  address: LogAddress,
  { from, count }: LogRange,
): Promise<LogLines | undefined> {
  const job = await findJob(tx, address);
  if (!job) return undefined;
  const chunks = await countLines(tx, job.id);
  const last = chunks.at(-1);
  // A line that may still grow is told when it has its end.
  const total = last ? last.before + last.ends + (last.open && job.ended ? 1 : 0) : 0;
  const first = Math.min(from ?? Math.floor(Math.max(0, total - 1) / count) * count, total);
  const lines = first < total ? await readLines(tx, chunks, first, Math.min(count, total - first)) : [];
  return { from: first, lines, total, complete: job.ended };
}

/**
 * A chunk of a log: how many line ends there are before it and in it, and whether text follows its last one.
 */
interface Chunk {
  readonly attemptId: number;
  readonly upto: number;
  readonly before: number;
  readonly ends: number;
  readonly open: boolean;
  readonly length: number;
}

async function countLines(tx: Tx, jobId: number): Promise<readonly Chunk[]> {
  const rows = await tx.db
    .selectFrom('log')
    .innerJoin('attempt', 'attempt.id', 'log.attempt_id')
    .select(['log.attempt_id as attemptId', 'log.upto'])
    .select(sql<number>`length(log.text)`.as('length'))
    .select(sql<number>`length(log.text) - length(replace(log.text, ${'\n'}, ''))`.as('ends'))
    .select(
      sql<number>`case when substr(log.text, length(log.text), 1) = ${'\n'} then 0 else 1 end`.as('open'),
    )
    .where('attempt.job_id', '=', jobId)
    .orderBy('attempt.number')
    .orderBy('log.upto')
    .execute();
  let before = 0;
  return rows.map(({ attemptId, upto, length, ends, open }) => {
    const chunk = { attemptId, upto, before, ends, open: open === 1, length };
    before += ends;
    return chunk;
  });
}

async function readLines(
  tx: Tx,
  chunks: readonly Chunk[],
  first: number,
  count: number,
): Promise<readonly string[]> {
  const begin = Math.max(
    0,
    chunks.findLastIndex(({ before }) => before < first),
  );
  const skipped = first - (chunks[begin]?.before ?? 0);
  let text = '';
  let ends = 0;
  for (const chunk of chunks.slice(begin)) {
    if (ends >= skipped + count || text.length > mostText) break;
    text += await readText(tx, chunk);
    ends += chunk.ends;
  }
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.slice(skipped, skipped + count);
}

async function readText(tx: Tx, { attemptId, upto }: Chunk): Promise<string> {
  const { text } = await tx.db
    .selectFrom('log')
    .select('text')
    .where('attempt_id', '=', attemptId)
    .where('upto', '=', upto)
    .executeTakeFirstOrThrow();
  return text;
}
