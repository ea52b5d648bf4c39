import type { FastifyInstance } from 'fastify';
import { readRun } from '../../../store/run-views.ts';
import { ApiError } from '../../api-error.ts';
import { toApiError } from '../../refusals.ts';
import type { RouteSurroundings } from '../../surroundings.ts';
import { pathOfRun, pathOfStageAction } from '../addresses.ts';
import { callApi } from '../call-api.ts';
import { showAlarmList } from '../components/alarms.ts';
import { type FormBody, formRoute, leaveNotice, readField } from '../forms.ts';
import { html } from '../html.ts';
import { actionForm } from '../layout.ts';
import type { Page, PageRequest } from '../page.ts';
import { showQuestion } from './ask.ts';
import { type StageOffer, type StageSeen, stageOffers } from './stage-actions.ts';

interface OfStage {
  readonly pipeline: string;
  readonly counter: string;
  readonly stage: string;
}

const pathOf = ({ name }: StageOffer): string => `/pipelines/:pipeline/runs/:counter/stages/:stage/${name}`;

/** A page for each thing that can be done to a stage: what it will do, and why somebody wants it. */
export const stageActionPages: readonly Page[] = stageOffers.map((offer) => ({
  path: pathOf(offer),
  needs: offer.needs,
  concerns: () => false,
  async read(request, surroundings) {
    const seen = await readSeen(request, surroundings);
    const { run, stage } = seen;
    const title = `${offer.title}: ${stage.name} of ${run.pipeline} ${run.label}`;
    const refusal = offer.judge(seen);
    if (refusal) throw toApiError(refusal);
    const main = showQuestion({
      title,
      will: offer.says(seen),
      button: offer.title,
      back: pathOfRun(run.pipeline, run.counter),
      path: pathOfStageAction(run, stage.name, offer.name),
      comment: {
        label: offer.isCommentRequired ? 'Why?' : 'What do you want to say about it?',
        isRequired: offer.isCommentRequired,
      },
      alarms: showAlarmList(run.alarms),
      fields: html`<input type="hidden" name="stageCounter" value=${stage.counter} form=${actionForm} />`,
    });
    return { title, section: 'pipelines', main };
  },
}));

async function readSeen(
  { params, actor, now }: PageRequest,
  { store, configuration }: RouteSurroundings,
): Promise<StageSeen> {
  const { pipeline = '', counter = '', stage: name } = params;
  const run = /^\d{1,9}$/.test(counter)
    ? await store.read((tx) => readRun(tx, pipeline, Number(counter)))
    : undefined;
  const stage = run?.stages.findLast((one) => one.name === name);
  if (!run || !stage)
    throw new ApiError('NOT_FOUND', `There is no stage ${name} in a run ${counter} of ${pipeline}`);
  return { run, stage, config: configuration().config.pipelines.get(pipeline), actor, now };
}

/** Where the forms of those pages are sent. */
export function registerStageActions(server: FastifyInstance): void {
  for (const offer of stageOffers) {
    server.post<{ Params: OfStage; Body: FormBody }>(
      pathOf(offer),
      formRoute(server, offer.needs),
      async (request, reply) => {
        const { pipeline, counter, stage } = request.params;
        const comment = readField(request.body, 'comment');
        const stageCounter = readField(request.body, 'stageCounter');
        if (comment === undefined && offer.isCommentRequired)
          throw new ApiError('BAD_REQUEST', 'Say why: everybody sees it');
        await callApi(request, `/api/v1${pathOfStageAction({ pipeline, counter }, stage, offer.action)}`, {
          ...offer.body,
          ...(comment !== undefined && { comment }),
          ...(stageCounter !== undefined && { stageCounter: Number(stageCounter) }),
        });
        leaveNotice(reply, offer.done);
        return reply.redirect(pathOfRun(pipeline, counter), 303);
      },
    );
  }
}
