import { type Html, html } from '../html.ts';

/** A value of the configuration: what is nested is indented, what is left out is not there. */
export function showValue(value: unknown): Html | string {
  if (Array.isArray(value)) {
    return value.length === 0 ? '[]' : html`<ul class="values">${value.map((item) => html`<li>${showValue(item)}</li>`)}</ul>`;
  }
  if (value instanceof Map) return showValue(Object.fromEntries(value));
  if (typeof value !== 'object' || value === null) return html`<code>${String(value)}</code>`;
  const given = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return html`<dl class="values">${given.map(([key, inner]) => html`<div><dt>${key}</dt><dd>${showValue(inner)}</dd></div>`)}</dl>`;
}
