import { type Html, html } from '../html.ts';
import { showBytes } from './bytes.ts';
import { showDuration } from './time.ts';

/** A value of the configuration: what is nested is indented, what is left out is not there. */
export function showValue(value: unknown): Html | string {
  if (Array.isArray(value)) {
    return value.length === 0
      ? '[]'
      : html`<ul class="values">${value.map((item) => html`<li>${showValue(item)}</li>`)}</ul>`;
  }
  if (value instanceof Map) return showValue(Object.fromEntries(value));
  if (typeof value !== 'object' || value === null) return html`<code>${String(value)}</code>`;
  const given = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return html`<dl class="values">${given.map(([key, inner]) => showMember(key, inner))}</dl>`;
}

/** Lengths of time and sizes, by the ends of their names, as people read them. */
function showMember(key: string, value: unknown): Html {
  const show = (name: string, text: Html | string) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`;
  if (typeof value !== 'number') return show(key, showValue(value));
  if (key.endsWith('Ms')) return show(key.slice(0, -2), html`<code>${showDuration(value)}</code>`);
  if (key.endsWith('Bytes')) return show(key.slice(0, -5), html`<code>${showBytes(value)}</code>`);
  return show(key, showValue(value));
}
