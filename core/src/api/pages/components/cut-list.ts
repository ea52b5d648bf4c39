import { withQuery } from '../addresses.ts';
import { type Html, html } from '../html.ts';

/** So many are shown of a list that may be long; in a narrow window only the first. */
const mostShown = 3;

/**
 * A list at the head of a page, of which the first are shown, so that what comes after it is on the first
 * screen too.
 */
export interface CutList {
  /** Its section's, and the parameter of the address that asks for all of it. */
  readonly id: string;
  readonly title: string;
  /** Each a `li`. */
  readonly items: readonly Html[];
  /** Whether there may be more than were read. */
  readonly isMore: boolean;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly classes: string;
}

/**
 * Shows the first of a list with a link to all of it, or all of it where the address asks for that; nothing
 * of an empty one.
 */
export function showCut({ id, title, items, isMore, path, query, classes }: CutList): Html {
  const isAll = query.get(id) === 'all' || items.length < 2;
  const shown = isAll ? items : items.slice(0, mostShown);
  const count = `${items.length}${isMore ? ' or more' : ''}`;
  return html`<section id=${id} data-part aria-labelledby=${items.length > 0 ? `${id}-title` : null}>${
    items.length > 0 &&
    html`<div class="cut-head"><h2 id=${`${id}-title`}>${title}<span class="count">${count}</span></h2>${
      !isAll &&
      html`<a class=${items.length > mostShown ? 'rest' : 'rest few'} href=${withQuery(path, { ...Object.fromEntries(query), [id]: 'all' })}>All ${count}<span class="unseen">: ${title}</span></a>`
    }</div>
    <ul class=${isAll ? classes : `${classes} cut`}>${shown}${isAll && isMore && html`<li class="hint">There may be more.</li>`}</ul>`
  }</section>`;
}
