/** Understands when the moments of cron expressions come, in one timezone. Times in milliseconds. */
export interface Calendar {
  /** The next moment after `now`; undefined where none comes. */
  findNext(cron: string, now: number): number | undefined;
  /** The last moment at or before `now` that is not before `since`. */
  findLast(cron: string, range: { readonly since: number; readonly now: number }): number | undefined;
}
