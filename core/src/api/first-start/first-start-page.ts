import type { PluginSettings } from '../../config/config.ts';
import { withQuery } from '../pages/addresses.ts';
import { showProblem } from '../pages/components/notice.ts';
import { type Html, html } from '../pages/html.ts';
import { actionForm } from '../pages/layout.ts';
import { type Draft, listFields, type SettingField } from './draft.ts';
import type { FirstStartSurroundings, Tried } from './first-start.ts';

/** The page of a first start: what to watch, whether that can be had, and the file to write. */
export function showFirstStart(around: FirstStartSurroundings, draft: Draft, tried: Tried | undefined): Html {
  const plugin = around.plugins.get(draft.plugin);
  return html`<header class="page"><h1>A first configuration</h1>
      <p class="lead">There is no <code>${around.file}</code> yet. Say what to watch, try it out, and write the file: Sluice starts as soon as it is there.</p>
    </header>
    ${showState(around)}
    <section><h2>1. What kind of repository?</h2>
      <nav class="paging" aria-label="Kinds of repositories">${[...around.plugins.values()].map(
        ({ id, title }) =>
          html`<a class="button" href=${withQuery('/', { plugin: id })} aria-current=${id === draft.plugin ? 'true' : null}>${title}</a>`,
      )}</nav>
      <input type="hidden" name="plugin" value=${draft.plugin} form=${actionForm} />
    </section>
    ${plugin && html`<div class="columns">${showPart('repository', '2. Where is it?', draft, listFields(plugin.repository))}${showPart('package', '3. What is watched there?', draft, listFields(plugin.package))}</div>`}
    <p><button class="main" form=${actionForm} formaction="/check">Check</button> <span class="hint">Asks the repository now; stores nothing, starts nothing.</span></p>
    ${tried && showTried(tried)}
    ${tried && showFile(around, draft)}`;
}

/** What is wrong with the file that was written; kept fresh while the page is open. */
export function showState({ file, problems }: Pick<FirstStartSurroundings, 'file' | 'problems'>): Html {
  const found = problems();
  return html`<div id="state" hx-get="/first-start" hx-trigger="every 2s" hx-swap="outerHTML">${
    found.length > 0 &&
    showProblem(
      html`<code>${file}</code> is there, but not valid yet:`,
      html`<ul class="problems">${found.map((problem) => html`<li><code>${problem}</code></li>`)}</ul>`,
    )
  }</div>`;
}

function showPart(
  part: 'repository' | 'package',
  title: string,
  draft: Draft,
  fields: readonly SettingField[],
): Html {
  const { name, config } = draft[part];
  return html`<section class="stage fields"><h2>${title}</h2>
    <label>A name of yours for it<input name=${`${part}Name`} value=${name} form=${actionForm} required pattern="[A-Za-z0-9][A-Za-z0-9_.\\-]*" /></label>
    ${fields.map((field) => showField(part, field, config[field.name]))}
  </section>`;
}

function showField(part: string, field: SettingField, value: PluginSettings[string] | undefined): Html {
  const { name, title, kind, required, example } = field;
  const id = `${part}.${name}`;
  const label = html`<span>${title}${!required && html` <span class="hint">(may be left out)</span>`}</span>`;
  if (kind === 'flag') return showChoice(id, label, ['true', 'false'], value);
  if (kind === 'choice') return showChoice(id, label, field.choices, value);
  const hint = kind === 'secret' ? `\${env:NAME}, so that the file does not hold it` : example;
  return html`<label>${label}<input name=${id} value=${value === undefined ? '' : String(value)} placeholder=${hint} form=${actionForm} required=${required} autocomplete="off" /></label>`;
}

function showChoice(
  id: string,
  label: Html,
  choices: readonly string[],
  value: PluginSettings[string] | undefined,
): Html {
  return html`<label>${label}<select name=${id} form=${actionForm}><option value=""></option>${choices.map(
    (choice) => html`<option value=${choice} selected=${String(value) === choice}>${choice}</option>`,
  )}</select></label>`;
}

function showTried(tried: Tried): Html {
  if ('problems' in tried) {
    return showProblem(
      'That does not work yet.',
      html`<ul class="problems">${tried.problems.map((problem) => html`<li>${problem}</li>`)}</ul>`,
    );
  }
  return html`<div class="notice" role="status"><strong>It works.</strong> ${tried.total} ${tried.total === 1 ? 'version' : 'versions'}; the newest: ${tried.versions.map(
    (version) => html`<span class="version">${version}</span> `,
  )}</div>`;
}

function showFile({ file, write }: FirstStartSurroundings, draft: Draft): Html {
  return html`<section><h2>4. Write this to <code>${file}</code></h2>
    <pre class="file" tabindex="0" aria-label="The configuration">${write(draft)}</pre>
    <p class="hint">It watches the package and prints what is published; the pipeline is yours to change.</p>
  </section>`;
}
