import type { FastifyInstance } from 'fastify';
import type { Material, PipelineConfig } from '../../../config/config.ts';
import { isPipelineMaterial, nameMaterial } from '../../../config/materials.ts';
import { readAlarms } from '../../../store/alarms.ts';
import { listRevisions } from '../../../store/read-repositories.ts';
import { listRuns } from '../../../store/run-views.ts';
import type { Tx } from '../../../store/store.ts';
import { mayViewPipeline } from '../../access/visible.ts';
import { unknownPipeline } from '../../unknown-pipeline.ts';
import { pathOfPipeline, pathOfPipelineAction, pathOfRun } from '../addresses.ts';
import { callApi } from '../call-api.ts';
import { describeAlarms } from '../components/alarms.ts';
import { type FormBody, formRoute, leaveNotice, readField } from '../forms.ts';
import { type Html, html } from '../html.ts';
import { actionForm } from '../layout.ts';
import type { Page } from '../page.ts';
import { showQuestion } from './ask.ts';

const choicesShown = 100;

interface Choice {
  /** What is sent: a version, or the counter of a run. */
  readonly value: string;
  readonly title: string;
}

interface Choices {
  readonly choices: readonly Choice[];
  /** Whether there are more than are listed. */
  readonly isCut: boolean;
}

const nothing: Choices = { choices: [], isCut: false };

/**
 * The page that starts a run by hand; `?MATERIAL=` chooses a version, or the counter of an upstream run, from
 * the start.
 */
export const triggerPage: Page = {
  path: '/pipelines/:pipeline/trigger',
  needs: 'operate',
  concerns: () => false,
  async read({ params, query, actor }, { store, configuration }) {
    const { pipeline: name = '' } = params;
    const { config } = configuration();
    const pipeline = config.pipelines.get(name);
    if (!pipeline) throw unknownPipeline(name);
    const fields = await store.read(async (tx) => {
      const shown: Html[] = [];
      for (const material of pipeline.materials) {
        const isHidden = isPipelineMaterial(material) && !mayViewPipeline(actor, config, material.pipeline);
        shown.push(showMaterial(material, isHidden ? nothing : await listChoices(tx, material), query));
      }
      return shown;
    });
    const main = showQuestion({
      title: `Start a run of ${name}`,
      button: 'Start',
      back: pathOfPipeline(name),
      path: pathOfPipelineAction(name, 'trigger'),
      will: `A run of ${name} starts with what is chosen here, and goes through ${pipeline.stages.map((stage) => stage.name).join(', ')}.`,
      comment: { label: 'What do you want to say about it?', isRequired: false },
      fields: html`${fields}${showEnvironment(pipeline)}${showPoll()}`,
    });
    return { title: `Start a run of ${name}`, section: 'pipelines', main };
  },
};

async function listChoices(tx: Tx, material: Material): Promise<Choices> {
  if (isPipelineMaterial(material)) {
    const { items, next } = await listRuns(tx, material.pipeline, { limit: choicesShown });
    const passed = items.filter(
      ({ stages }) => stages.findLast(({ name }) => name === material.stage)?.status === 'passed',
    );
    const choices = passed.map(({ counter, label, alarms }) => {
      const wrong = alarms
        .map(({ package: name, version, kind }) => `; ${name} ${version}: ${describeAlarms([{ kind }])}`)
        .join('');
      return { value: String(counter), title: `${label} (run ${counter}${wrong})` };
    });
    return { choices, isCut: next !== null };
  }
  const page = await listRevisions(tx, material, { limit: choicesShown, after: undefined });
  const revisions = page?.items ?? [];
  const alarms = await readAlarms(
    tx,
    revisions.map(({ id }) => id),
  );
  const choices = revisions.map(({ id, facts: { version } }) => {
    const wrong = describeAlarms(alarms.get(id) ?? []);
    return { value: version, title: wrong === '' ? version : `${version} (${wrong})` };
  });
  return { choices, isCut: page !== undefined && page.next !== null };
}

function showMaterial(material: Material, { choices, isCut }: Choices, query: URLSearchParams): Html {
  const name = nameMaterial(material);
  const chosen = query.get(name) ?? '';
  const isListed = choices.some(({ value }) => value === chosen);
  const all = chosen === '' || isListed ? choices : [{ value: chosen, title: chosen }, ...choices];
  return html`<label>${name}<select name=${`material ${name}`} form=${actionForm}>
    <option value="">the newest that agrees with the others</option>
    ${all.map(({ value, title }) => html`<option value=${value} selected=${value === chosen}>${title}</option>`)}
  </select>${isCut && html`<span class="hint">Of the newest ${choicesShown}; <code>sluice trigger</code> takes any.</span>`}</label>`;
}

function showEnvironment({ environment }: PipelineConfig): readonly Html[] {
  return Object.keys(environment).map(
    (name) =>
      html`<label>${name}<input name=${`environment ${name}`} form=${actionForm} autocomplete="off" placeholder="as it is configured" /></label>`,
  );
}

function showPoll(): Html {
  return html`<label>Before it starts<select name="poll" form=${actionForm}>
    <option value="yes">poll the repositories</option>
    <option value="no">go by what is recorded</option>
  </select></label>`;
}

/** Where its form is sent. */
export function registerTriggerForm(server: FastifyInstance): void {
  server.post<{ Params: { readonly pipeline: string }; Body: FormBody }>(
    triggerPage.path,
    formRoute(server, 'operate'),
    async (request, reply) => {
      const { pipeline } = request.params;
      const comment = readField(request.body, 'comment');
      const answer = await callApi(request, `/api/v1${pathOfPipeline(pipeline)}/runs`, {
        materials: toChoices(readNamed(request.body, 'material ')),
        environment: readNamed(request.body, 'environment '),
        poll: readField(request.body, 'poll') !== 'no',
        ...(comment !== undefined && { comment }),
      });
      const { counter } = answer as { readonly counter: number };
      leaveNotice(reply, `Run ${counter} is started.`);
      return reply.redirect(pathOfRun(pipeline, counter), 303);
    },
  );
}

/** A run of another pipeline is chosen by its counter, which is a number. */
function toChoices(chosen: Readonly<Record<string, string>>): Readonly<Record<string, string | number>> {
  return Object.fromEntries(
    Object.entries(chosen).map(([name, value]) => [name, name.includes('/') ? value : Number(value)]),
  );
}

function readNamed(body: FormBody, prefix: string): Readonly<Record<string, string>> {
  const names = Object.keys(body).filter((name) => name.startsWith(prefix));
  return Object.fromEntries(
    names
      .map((name) => [name.slice(prefix.length), readField(body, name) ?? ''])
      .filter(([, value]) => value !== ''),
  );
}
