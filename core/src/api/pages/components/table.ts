import { type Html, html, type Part } from '../html.ts';

/**
 * A table that can be wider than its page, and is then scrolled, by keyboard too; `name` says what it lists.
 */
export function showTable(name: string, columns: readonly string[], rows: readonly Part[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${name}><table class="list">
    <thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
    <tbody>${rows}</tbody>
  </table></div>`;
}
