import type { PipelineView } from '../../../store/pipeline-views.ts';
import type { RunView, StageView } from '../../../store/run-views.ts';
import { pathOfPipelineAction, pathOfStageAction } from '../addresses.ts';
import { type Html, html } from '../html.ts';
import { pipelineOffers } from './pipeline-actions.ts';
import type { StageOffer } from './stage-actions.ts';

/**
 * Links to the pages that ask before something is done to a stage; each names its stage to those who hear it.
 */
export function showStageOffers(
  run: RunView,
  { name }: StageView,
  offers: readonly StageOffer[],
): Html | false {
  const link = (offer: StageOffer) =>
    html`<a class="button" href=${pathOfStageAction(run, name, offer.name)}>${offer.title}<span class="unseen"> ${name}</span> …</a>`;
  return offers.length > 0 && html`<p class="offers">${offers.map(link)}</p>`;
}

/**
 * Links to the pages that ask before something is done to a pipeline, for those who may operate it; nobody
 * starts a run while it, or everything, is held.
 */
export function showPipelineOffers(
  pipeline: PipelineView,
  { mayStart }: { readonly mayStart: boolean },
): Html {
  const { name } = pipeline;
  const possible = pipelineOffers.filter((offer) => offer.isPossible(pipeline));
  const start = html`<a class="button" href=${pathOfPipelineAction(name, 'trigger')}>Start a run …</a>`;
  return html`<p class="offers">${mayStart && start}${possible.map(
    (offer) => html`<a class="button" href=${pathOfPipelineAction(name, offer.name)}>${offer.title} …</a>`,
  )}</p>`;
}
