import { type Html, html } from '../html.ts';

/** One choice of a filter. */
interface Choice {
  /** Of the query's parameter. */
  readonly name: string;
  readonly title: string;
  readonly options: readonly string[];
  /** What it is called where nothing is chosen; `any` with the title unless told. */
  readonly none?: string;
}

/** One field of a filter, for a fragment of one thing, or a day. */
export interface FilterField {
  /** Of the query's parameter. */
  readonly name: string;
  readonly title: string;
  readonly type: 'text' | 'date';
}

/** How a list can be narrowed: a form that changes the address, so that it can be kept and shared. */
export interface FilterOptions {
  readonly path: string;
  readonly query: URLSearchParams;
  /** What a search looks for; no search where it is left out. */
  readonly search?: string;
  readonly fields?: readonly FilterField[];
  readonly choices: readonly Choice[];
}

/** The form above a list. With scripts the list follows while one types. */
export function showFilter({ path, query, search, fields = [], choices }: FilterOptions): Html {
  return html`<form class="filter" role="search" action=${path} method="get" hx-get=${path} hx-trigger="input delay:250ms, change" hx-select="#main" hx-target="#main" hx-swap="morph" hx-push-url="true">
    ${
      search !== undefined &&
      html`<label><span class="unseen">${search}</span><input type="search" name="q" id="q" value=${query.get('q')} placeholder=${search} autocomplete="off" /></label>`
    }
    ${fields.map(({ name, title, type }) => html`<label class="field"><span>${title}</span><input type=${type} name=${name} id=${`field-${name}`} value=${query.get(name)} autocomplete="off" /></label>`)}
    ${choices.map(
      ({
        name,
        title,
        options,
        none = `any ${title.toLowerCase()}`,
      }) => html`<label><span>${title}</span><select name=${name} id=${`choose-${name}`}>
        <option value="">${none}</option>
        ${options.map((option) => html`<option value=${option} selected=${query.get(name) === option}>${option}</option>`)}
      </select></label>`,
    )}
    <button>Filter</button>
  </form>`;
}
