import type { FastifyInstance } from 'fastify';
import { readPipeline } from '../../../store/pipeline-views.ts';
import { ApiError } from '../../api-error.ts';
import { unknownPipeline } from '../../unknown-pipeline.ts';
import { pathOfPipeline, pathOfPipelineAction } from '../addresses.ts';
import { callApi } from '../call-api.ts';
import { type FormBody, formRoute, leaveNotice, readField } from '../forms.ts';
import type { Page } from '../page.ts';
import { showQuestion } from './ask.ts';
import { type PipelineOffer, pipelineOffers } from './pipeline-actions.ts';

const pathOf = ({ name }: PipelineOffer): string => `/pipelines/:pipeline/${name}`;

/** A page for each thing that can be done to a pipeline: what it will do, and why somebody wants it. */
export const pipelineActionPages: readonly Page[] = pipelineOffers.map((offer) => ({
  path: pathOf(offer),
  needs: 'operate',
  concerns: () => false,
  async read({ params }, { store }) {
    const { pipeline: name = '' } = params;
    const pipeline = await store.read((tx) => readPipeline(tx, name));
    if (!pipeline) throw unknownPipeline(name);
    const title = `${offer.title}: ${name}`;
    const main = showQuestion({
      title,
      will: offer.says(pipeline),
      button: offer.title,
      back: pathOfPipeline(name),
      path: pathOfPipelineAction(name, offer.name),
      comment: {
        label: offer.isCommentRequired ? 'Why?' : 'What do you want to say about it?',
        isRequired: offer.isCommentRequired,
      },
    });
    return { title, section: 'pipelines', main };
  },
}));

/** Where the forms of those pages are sent. */
export function registerPipelineActions(server: FastifyInstance): void {
  for (const offer of pipelineOffers) {
    server.post<{ Params: { readonly pipeline: string }; Body: FormBody }>(
      pathOf(offer),
      formRoute(server, 'operate'),
      async (request, reply) => {
        const { pipeline } = request.params;
        const comment = readField(request.body, 'comment');
        if (comment === undefined && offer.isCommentRequired)
          throw new ApiError('BAD_REQUEST', 'Say why: everybody sees it');
        const body = { ...offer.body, ...(comment !== undefined && { comment }) };
        await callApi(request, `/api/v1${pathOfPipelineAction(pipeline, offer.action)}`, body);
        leaveNotice(reply, offer.done);
        return reply.redirect(pathOfPipeline(pipeline), 303);
      },
    );
  }
}
