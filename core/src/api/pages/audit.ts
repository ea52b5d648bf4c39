import { type Audit, listAudit } from '../../store/audit.ts';
import { searchBack } from '../search-back.ts';
import { showFilter } from './components/filter.ts';
import { showEmpty } from './components/notice.ts';
import { readAfter, showPaging } from './components/paging.ts';
import { showTable } from './components/table.ts';
import { showTime } from './components/time.ts';
import { type Html, html } from './html.ts';
import type { Page } from './page.ts';

const shown = 50;

/** Who did what, from where, when. */
export const auditPage: Page = {
  path: '/audit',
  needs: 'admin',
  concerns: () => true,
  refreshMs: 15_000,
  async read({ query, now }, { store }) {
    const subject = query.get('q')?.trim() || undefined;
    const wanted = { limit: shown, after: readAfter(query) };
    const { items, next } = await searchBack(store, wanted, (tx, part) => listAudit(tx, { subject, ...part }));
    const main = html`<header class="page"><h1>Audit</h1><p class="lead">Everything that somebody changed; nothing here can be altered.</p></header>
      ${showFilter({ path: '/audit', query, search: 'What it was done to: acceptance, npmjs/fastify', choices: [] })}
      <section id="audit" data-part>${items.length === 0 ? showEmpty('Nothing here', 'Nobody has done anything like that.') : showEntries(items, now)}${showPaging('/audit', query, next)}</section>`;
    return { title: 'Audit', section: 'audit', main };
  },
};

function showEntries(entries: readonly Audit[], now: number): Html {
  return showTable(
    'Audit',
    ['When', 'Who', 'What', 'To what', 'From', 'Details'],
    entries.map(
      ({ at, actor, person, action, subject, from, details }) => html`<tr>
        <td>${showTime(at, now)}</td>
        <td>${actor}${person !== actor && html` <span class="hint">${person}</span>`}</td>
        <td>${action}</td>
        <td>${subject}</td>
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
