import { showTable } from './components/table.ts';
import { html } from './html.ts';
import type { Page } from './page.ts';

/** The plugins that are loaded, and from where. */
export const pluginsPage: Page = {
  path: '/plugins',
  needs: 'viewer',
  concerns: ({ type }) => type === 'configuration.loaded',
  async read(_, { host }) {
    const plugins = [...host().loaded().values()].toSorted((a, b) => a.id.localeCompare(b.id));
    const main = html`<header class="page"><h1>Plugins</h1><p class="lead">Each teaches Sluice one kind of repository, in a process of its own.</p></header>
      <section id="plugins" data-part>${showTable(
        'Plugins',
        ['Plugin', 'What it reads', 'Version', 'Contract', 'From'],
        plugins.map(
          ({ id, title, version, contract, source }) =>
            html`<tr><th scope="row">${id}</th><td>${title}</td><td class="version">${version}</td><td>${contract}</td><td class="words"><code>${source}</code></td></tr>`,
        ),
      )}</section>`;
    return { title: 'Plugins', section: 'plugins', main };
  },
};
