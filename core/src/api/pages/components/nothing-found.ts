import { type Html, html } from '../html.ts';
import { showEmpty } from './notice.ts';
import { showTime } from './time.ts';

/** How a list was searched of which nothing is shown. */
export interface Searched {
  /** Of the list, without a query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Down to which time was searched, in milliseconds; null where all was. */
  readonly searchedTo: number | null;
  readonly now: number;
}

/** Says that nothing was found, and no more than what was looked at. */
export function showNothingFound({ path, query, searchedTo, now }: Searched): Html {
  if (searchedTo !== null) {
    return showEmpty(
      'Nothing like that so far',
      html`It was looked for back to ${showTime(searchedTo, now)}, not further yet.`,
    );
  }
  if (query.has('after')) return showEmpty('Nothing older', 'What the page before shows is the oldest.');
  const isFiltered = [...query.values()].some((value) => value.trim() !== '');
  if (!isFiltered) return showEmpty('Nothing yet', 'It is filled as things happen.');
  return showEmpty('Nothing like that', html`All that is kept was looked at. <a href=${path}>Show all</a>`);
}

/** Says below what was found that there may be more of it. */
export function showSearchedTo({ searchedTo, now }: Pick<Searched, 'searchedTo' | 'now'>): Html | false {
  return (
    searchedTo !== null &&
    html`<p class="hint">It was looked for back to ${showTime(searchedTo, now)}, not further yet.</p>`
  );
}
