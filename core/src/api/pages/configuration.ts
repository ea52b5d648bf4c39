import { viewConfiguration, viewRefused } from '../configuration-view.ts';
import { showProblem } from './components/notice.ts';
import { showTime } from './components/time.ts';
import { showValue } from './components/value.ts';
import { type Html, html } from './html.ts';
import type { Page } from './page.ts';

/** The configuration that runs, as it was written, secrets hidden; and what is wrong with the files as they are now. */
export const configurationPage: Page = {
  path: '/configuration',
  needs: 'viewer',
  concerns: ({ type }) => type.startsWith('configuration.'),
  async read({ actor, now }, surroundings) {
    const { loadedAt, config } = surroundings.configuration();
    const refused = viewRefused(surroundings, actor);
    const { repositories, pipelines } = viewConfiguration(surroundings, actor);
    const main = html`<header class="page" id="state" data-part><h1>Configuration</h1>
        <p class="facts"><span>In force since ${showTime(loadedAt, now)}</span><span>hash <code title=${config.hash}>${config.hash.slice(0, 12)}</code></span></p>
        ${refused && showProblem(html`The files as they are now were refused ${showTime(refused.at, now)}; what is below runs on.`, html`<ul class="problems">${refused.problems.map((problem) => html`<li><code>${problem}</code></li>`)}</ul>`)}
      </header>
      <section id="files" data-part><h2>Files</h2><ul class="plain">${config.files.map((file) => html`<li><code>${file}</code></li>`)}</ul></section>
      <section id="repositories" data-part><h2>Repositories</h2>${repositories.map((one) => showEntry(one))}</section>
      <section id="pipelines" data-part><h2>Pipelines</h2>${pipelines.map((one) => showEntry(one))}</section>`;
    return { title: 'Configuration', section: 'configuration', main };
  },
};

function showEntry(entry: Readonly<Record<string, unknown>>): Html {
  const { name, ...rest } = entry;
  return html`<details class="entry"><summary>${String(name)}</summary>${showValue(rest)}</details>`;
}
