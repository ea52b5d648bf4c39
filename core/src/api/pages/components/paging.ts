import { type Html, html } from '../html.ts';

/** The links to the beginning of a list and to its next page, where there are such. */
export function showPaging(path: string, query: URLSearchParams, next: number | null): Html {
  const first = new URLSearchParams(query);
  first.delete('after');
  const older = new URLSearchParams(first);
  older.set('after', String(next));
  return html`<nav class="paging" aria-label="Pages of the list">
    ${query.has('after') && html`<a class="button" href=${join(path, first)}>Newest</a>`}
    ${next !== null && html`<a class="button" href=${join(path, older)}>Older</a>`}
  </nav>`;
}

function join(path: string, query: URLSearchParams): string {
  return query.size === 0 ? path : `${path}?${query}`;
}

/** The `after` of a query: a whole number, or undefined. */
export function readAfter(query: URLSearchParams): number | undefined {
  const after = query.get('after') ?? '';
  return /^\d{1,15}$/.test(after) ? Number(after) : undefined;
}
