import { type Expression, sql } from 'kysely';
import type { Page, PageRequest } from './page.ts';

/** Which part of a list is searched. */
export interface SearchRequest extends PageRequest {
  /** At most so many rows are looked at. */
  readonly depth: number;
}

/** What was found in a part of a list. */
export interface SearchPage<T> extends Page<T> {
  /** The time of the row that `next` names, down to which was searched; null where all was. */
  readonly searchedTo: number | null;
}

/** Where a part of a list ends. */
export interface Bottom {
  readonly id: number;
  readonly at: number;
}

/** The words of a search, each to be found somewhere, with ASCII letters in lower case. */
export function splitWords(text: string): readonly string[] {
  return [...new Set(foldCase(text).split(/\s+/).filter(Boolean))];
}

/** A text with its ASCII letters in lower case, as both databases can compare it. */
export function foldCase(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Whether a text of the database has a fragment in it, whatever the case of its ASCII letters. */
export function contains(text: Expression<string | null>, fragment: string): Expression<boolean> {
  const pattern = `%${foldCase(fragment).replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
  return sql<boolean>`lower(${text}) like ${pattern} escape '\\'`;
}

/**
 * Makes a page of rows of which one more than `limit` was asked for, above `bottom`; without one the list
 * ends with them.
 */
export function toSearchPage<T extends Bottom>(
  rows: readonly T[],
  limit: number,
  bottom: Bottom | undefined,
): SearchPage<T> {
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : bottom;
  return { items, next: last?.id ?? null, searchedTo: last?.at ?? null };
}
