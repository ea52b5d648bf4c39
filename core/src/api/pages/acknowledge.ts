import type { FastifyInstance } from 'fastify';
import { strongestDigest } from '../../store/digests.ts';
import { findRevision } from '../../store/read-repositories.ts';
import { ApiError } from '../api-error.ts';
import { pathOfPackage } from './addresses.ts';
import { callApi } from './call-api.ts';
import { showDigest } from './components/digest.ts';
import { type FormBody, formRoute, leaveNotice, readField } from './forms.ts';
import { html } from './html.ts';
import { actionForm } from './layout.ts';
import type { Page } from './page.ts';

type OfPackage = {
  readonly Params: { readonly repo: string; readonly pkg: string };
  readonly Body: FormBody;
};

/** Asks for somebody's word that the new bytes of a republished version are right. */
export const acknowledgePage: Page = {
  path: '/repositories/:repo/packages/:pkg/acknowledge',
  needs: 'operator',
  concerns: () => false,
  async read({ params, query }, { store }) {
    const address = { repository: params['repo'] ?? '', package: params['pkg'] ?? '' };
    const version = query.get('version') ?? '';
    const revision = await store.read((tx) => findRevision(tx, address, version));
    const material = `${address.repository}/${address.package}`;
    if (!revision) throw new ApiError('NOT_FOUND', `There is no version ${version} of ${material}`);
    const digest = strongestDigest(revision.facts.digests ?? {});
    const main = html`<header class="page">
        <p class="crumbs"><a href=${pathOfPackage(material)}>${material}</a></p>
        <h1>Acknowledge the new bytes of ${version}</h1>
        <p class="lead">${version} was published again with other bytes. Once you say that they are right, stages that wait for your word go on with the bytes that their runs pinned, and the new ones can start something.</p>
      </header>
      <dl class="facts-list"><div><dt>Old digest</dt><dd>${showDigest(strongestDigest(revision.replaced))}</dd></div><div><dt>New digest</dt><dd>${showDigest(digest)}</dd></div></dl>
      <div class="fields">
        <input type="hidden" name="version" value=${version} form=${actionForm} />
        <input type="hidden" name="digest" value=${digest} form=${actionForm} />
        <label>Why are they right?<textarea name="comment" form=${actionForm} required maxlength="4096" rows="3"></textarea></label>
        <p><button class="main" form=${actionForm} formaction=${`${pathOfPackage(material)}/acknowledge`}>Acknowledge</button> <a class="button" href=${pathOfPackage(material)}>Leave it</a></p>
      </div>`;
    return { title: `Acknowledge ${version}`, section: 'repositories', main };
  },
};

/** Where that word is sent. */
export function registerAcknowledge(server: FastifyInstance): void {
  server.post<OfPackage>(
    '/repositories/:repo/packages/:pkg/acknowledge',
    formRoute(server, 'operator'),
    async (request, reply) => {
      const { repo, pkg } = request.params;
      const version = readField(request.body, 'version') ?? '';
      const { digest, comment } = {
        digest: readField(request.body, 'digest'),
        comment: readField(request.body, 'comment'),
      };
      if (digest === undefined || comment === undefined)
        throw new ApiError('BAD_REQUEST', 'Say why the bytes are right');
      const path = `/api/v1/repositories/${encodeURIComponent(repo)}/packages/${encodeURIComponent(pkg)}/revisions/${encodeURIComponent(version)}/acknowledge`;
      await callApi(request, path, { digest, comment });
      leaveNotice(reply, `The new bytes of ${version} are acknowledged.`);
      return reply.redirect(pathOfPackage(`${repo}/${pkg}`), 303);
    },
  );
}
