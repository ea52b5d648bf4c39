import type { FastifyInstance } from 'fastify';
import { readHold } from '../../../store/hold.ts';
import { ApiError } from '../../api-error.ts';
import { releasePath } from '../addresses.ts';
import { callApi } from '../call-api.ts';
import { type FormBody, formRoute, leaveNotice, readField } from '../forms.ts';
import { html } from '../html.ts';
import type { Page } from '../page.ts';
import { showQuestion } from './ask.ts';

const title = 'Release all starts';

/** Asks before what is held after a restore goes on. */
export const releasePage: Page = {
  path: releasePath,
  needs: 'admin',
  concerns: () => false,
  async read(_, { store }) {
    const hold = await store.read(readHold);
    if (!hold) throw new ApiError('NOT_FOUND', 'Starts are not held');
    const will = html`Nothing starts: ${hold.reason}. Once you release it, triggers, timers, stages whose turn it is and jobs that had not begun go on, in every pipeline. Pause or cancel before what must not.`;
    const comment = { label: 'What do you want to say about it?', isRequired: false };
    const main = showQuestion({ title, will, path: releasePath, button: title, back: '/', comment });
    return { title, section: 'pipelines', main };
  },
};

/** Where that form is sent. */
export function registerRelease(server: FastifyInstance): void {
  server.post<{ Body: FormBody }>(releasePath, formRoute(server, 'admin'), async (request, reply) => {
    const comment = readField(request.body, 'comment');
    await callApi(request, '/api/v1/hold/release', comment === undefined ? {} : { comment });
    leaveNotice(reply, 'Starts are released: what waited begins in its turn.');
    return reply.redirect('/', 303);
  });
}
