import { type Audit, type AuditFilter, listAudit } from '../../store/audit.ts';
import { splitWords } from '../../store/search.ts';
import { searchBack } from '../search-back.ts';
import { readTimeRange } from '../time-range.ts';
import { type FilterField, showFilter } from './components/filter.ts';
import { showNothingFound, showSearchedTo } from './components/nothing-found.ts';
import { readAfter, showPaging } from './components/paging.ts';
import { showTable } from './components/table.ts';
import { showTime } from './components/time.ts';
import { type Html, html } from './html.ts';
import type { Page } from './page.ts';

const shown = 50;

const fields = [
  { name: 'person', title: 'Who', type: 'text' },
  { name: 'action', title: 'What', type: 'text' },
  { name: 'subject', title: 'To what', type: 'text' },
  { name: 'since', title: 'Since', type: 'date' },
  { name: 'until', title: 'Until', type: 'date' },
] as const satisfies readonly FilterField[];

/** Who did what, from where, when. */
export const auditPage: Page = {
  path: '/audit',
  needs: 'admin',
  concerns: () => true,
  refreshMs: 15_000,
  async read({ query, now }, surroundings) {
    const wanted = { words: splitWords(query.get('q') ?? ''), ...readFilter(query) };
    const range = { limit: shown, after: readAfter(query) };
    const { items, next, searchedTo } = await searchBack(surroundings, range, (tx, part) =>
      listAudit(tx, { ...wanted, ...part }),
    );
    const searched = { path: '/audit', query, searchedTo, now };
    const main = html`<header class="page"><h1>Audit</h1><p class="lead">Everything that somebody changed; nothing here can be altered.</p></header>
      ${showFilter({ path: '/audit', query, search: 'A person, action, name or version', fields, choices: [] })}
      <section id="audit" data-part>${items.length === 0 ? showNothingFound(searched) : showEntries(items, now)}${items.length > 0 && showSearchedTo(searched)}${showPaging('/audit', query, next)}</section>`;
    return { title: 'Audit', section: 'audit', main };
  },
};

function readFilter(query: URLSearchParams): AuditFilter {
  const read = (name: (typeof fields)[number]['name']) => query.get(name)?.trim() || undefined;
  const range = readTimeRange({ since: read('since'), until: read('until') });
  return { person: read('person'), action: read('action'), subject: read('subject'), ...range };
}

function showEntries(entries: readonly Audit[], now: number): Html {
  return showTable(
    'Audit',
    ['When', 'Who', 'What', 'To what', 'From', 'Details'],
    entries.map(
      ({ at, actor, person, action, subject, from, details }) => html`<tr>
        <td>${showTime(at, now)}</td>
        <td>${actor}${person !== actor && html` <span class="hint">${person}</span>`}</td>
        <td>${action}</td>
        <td class="words">${subject}</td>
        <td>${from}</td>
        <td class="words">${Object.entries(details)
          .filter(([, value]) => value !== null)
          .map(
            ([name, value]) =>
              html`<div><span class="hint">${name}</span> ${typeof value === 'string' ? value : JSON.stringify(value)}</div>`,
          )}</td>
      </tr>`,
    ),
  );
}
