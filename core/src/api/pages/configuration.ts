import { relative } from 'node:path';
import type { Config } from '../../config/config.ts';
import { viewConfiguration, viewRefused, viewSections } from '../configuration-view.ts';
import { showProblem } from './components/notice.ts';
import { showTime } from './components/time.ts';
import { showValue } from './components/value.ts';
import { type Html, html } from './html.ts';
import type { Page } from './page.ts';

/**
 * The configuration that runs, as it was written, secrets hidden; and what is wrong with the files as they
 * are now.
 */
export const configurationPage: Page = {
  path: '/configuration',
  needs: 'viewer',
  concerns: ({ type }) => type.startsWith('configuration.'),
  async read({ actor, now }, surroundings) {
    const { loadedAt, config } = surroundings.configuration();
    const refused = viewRefused(surroundings, actor);
    const { repositories, pipelines, events } = viewConfiguration(surroundings, actor);
    const sections = Object.entries(viewSections(surroundings, actor)).filter(
      ([, value]) => value !== undefined,
    );
    const main = html`<header class="page" id="state" data-part><h1>Configuration</h1>
        <p class="facts"><span>In force since ${showTime(loadedAt, now)}</span><span>hash <code title=${config.hash}>${config.hash.slice(0, 12)}</code></span></p>
        ${refused && showProblem(html`The files as they are now were refused ${showTime(refused.at, now)}; what is below runs on.`, html`<ul class="problems">${refused.problems.map((problem) => html`<li><code>${problem}</code></li>`)}</ul>`)}
      </header>
      <section id="files" data-part><h2>Files</h2><ul class="plain">${config.files.map((file) => html`<li><code>${file}</code></li>`)}</ul></section>
      <section id="repositories" data-part><h2>Repositories</h2>${repositories.map((one) => showNamed(config, 'repositories', one))}</section>
      <section id="pipelines" data-part><h2>Pipelines</h2>${pipelines.map((one) => showNamed(config, 'pipelines', one))}</section>
      <section id="sections" data-part><h2>Everything else</h2>${sections.map(([name, value]) => showEntry(name, value, showPlace(config, name)))}${
        events.length > 0 && showEntry('events', events, showPlace(config, 'events'))
      }</section>`;
    return { title: 'Configuration', section: 'configuration', main };
  },
};

function showNamed(
  config: Config,
  section: string,
  { name, ...rest }: Readonly<Record<string, unknown>>,
): Html {
  return showEntry(String(name), rest, showPlace(config, `${section}/${name}`));
}

function showEntry(name: string, value: unknown, place: Html): Html {
  return html`<details class="entry"><summary>${name} ${place}</summary>${showValue(value)}</details>`;
}

/** The file and line where something is written; what is not goes by its default. */
function showPlace({ places, directory }: Config, path: string): Html {
  const place = places.get(path);
  return place
    ? html`<code class="hint">${relative(directory, place.file)}:${place.line}</code>`
    : html`<span class="hint">by default</span>`;
}
