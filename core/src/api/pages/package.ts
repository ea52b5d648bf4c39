import type { DecisionView } from '../../store/decisions.ts';
import { strongestDigest } from '../../store/digests.ts';
import type { RecordedRevision } from '../../store/ledger.ts';
import { readDecisionsOfPackage } from '../../store/package-decisions.ts';
import { listRevisions, readRepositories } from '../../store/read-repositories.ts';
import { mayViewPipeline } from '../access/visible.ts';
import { ApiError } from '../api-error.ts';
import { pathOfPackage, pathOfPipeline, pathOfRepository, pathOfRun, withQuery } from './addresses.ts';
import { showBoardLink } from './board.ts';
import { showDigest } from './components/digest.ts';
import { showAged } from './components/health.ts';
import { showLink } from './components/link.ts';
import { showEmpty } from './components/notice.ts';
import { readAfter, showPaging } from './components/paging.ts';
import { showMark } from './components/status.ts';
import { showTime } from './components/time.ts';
import { type Html, html } from './html.ts';
import type { Page } from './page.ts';

const revisionsShown = 40;

/** A package: every version ever seen of it, what is known of each, and what was decided about it. */
export const packagePage: Page = {
  path: '/repositories/:repo/packages/:pkg',
  needs: 'viewer',
  concerns: ({ type, subject }, { params }) =>
    subject === params['repo'] || subject === `${params['repo']}/${params['pkg']}` || type === 'pipelinerun.queued',
  refreshMs: 15_000,
  async read({ params, query, actor, now }, { store, configuration }) {
    const address = { repository: params['repo'] ?? '', package: params['pkg'] ?? '' };
    const { page, status, decisions } = await store.transact(async (tx) => {
      const listed = await listRevisions(tx, address, { limit: revisionsShown, after: readAfter(query) });
      const versions = listed?.items.map(({ facts }) => facts.version) ?? [];
      return {
        page: listed,
        status: (await readRepositories(tx, address.repository))[0],
        decisions: await readDecisionsOfPackage(tx, address, versions),
      };
    });
    if (!page || !status) throw new ApiError('NOT_FOUND', `There is no package ${address.repository}/${address.package}`);
    const { config } = configuration();
    const isVisible = ({ pipeline }: DecisionView) => mayViewPipeline(actor, config, pipeline);
    const path = pathOfPackage(`${address.repository}/${address.package}`);
    const one = status.packages.find(({ name }) => name === address.package);
    const main = html`<header class="page" id="health" data-part>
        <p class="crumbs"><a href="/repositories">Repositories</a> / <a href=${pathOfRepository(address.repository)}>${address.repository}</a></p>
        <h1>${address.package}</h1>
        ${one?.problem && showAged(one.problem, now)}
        ${one && one.pointer !== null && html`<p class="facts">follows a pointer, which names <span class="version">${one.pointer}</span></p>`}
        <p class="offers">${showBoardLink(`${address.repository}/${address.package}`)}</p>
      </header>
      <section id="ledger" data-part><h2>Versions</h2>
        ${page.items.length === 0 && showEmpty('Nothing seen yet', 'Versions are recorded when the repository has been polled.')}
        <ol class="ledger">${page.items.map((revision) => showRevision(revision, (decisions.get(revision.facts.version) ?? []).filter(isVisible), { path, now }))}</ol>
        ${showPaging(path, query, page.next)}
      </section>`;
    return { title: `${address.repository}/${address.package}`, section: 'repositories', main };
  },
};

interface Around {
  readonly path: string;
  readonly now: number;
}

function showRevision(revision: RecordedRevision, decisions: readonly DecisionView[], { path, now }: Around): Html {
  const { facts, state, detectedAt, unacknowledged, missingSince } = revision;
  const { version, standing, warning, publisher, comment, publishedAt, trackbackUrl, location, digests } = facts;
  return html`<li class=${`revision ${state}`}>
    <div class="revision-head"><h3 class="version">${version}</h3>
      ${state === 'republished' && showMark('failed', unacknowledged ? 'republished with other bytes' : 'republished, acknowledged')}
      ${state === 'withdrawn' && showMark('cancelled', 'withdrawn')}
      ${missingSince !== undefined && showMark('waiting', 'missing from the last answer')}
      ${standing !== undefined && standing !== 'ok' && showMark('waiting', standing)}
      <span class="hint">seen ${showTime(detectedAt, now)}</span>
      ${unacknowledged && html`<a class="button" href=${withQuery(`${path}/acknowledge`, { version })}>Acknowledge …</a>`}</div>
    ${warning && html`<p class="warning">${warning}</p>`}
    ${comment && html`<p class="comment">${comment}</p>`}
    <dl class="facts-list">
      ${fact('Published', publishedAt !== undefined && html`${showTime(publishedAt, now)}${publisher && ` by ${publisher}`}`)}
      ${publishedAt === undefined && fact('Publisher', publisher)}
      ${fact('Digest', showDigest(strongestDigest(digests ?? {})))}
      ${fact('Where', location !== undefined && showLink(location))}
      ${fact('Built by', trackbackUrl !== undefined && showLink(trackbackUrl))}
    </dl>
    ${showVerdicts(decisions, now)}
  </li>`;
}

function fact(name: string, value: Html | string | false | undefined): Html | false {
  return value !== undefined && value !== false && value !== '' && html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

/** What was decided about a version: why it did or did not run. */
function showVerdicts(decisions: readonly DecisionView[], now: number): Html | false {
  return (
    decisions.length > 0 &&
    html`<ul class="verdicts">${decisions.map(
      ({ at, pipeline, outcome, reason, run }) =>
        html`<li><a href=${pathOfPipeline(pipeline)}>${pipeline}</a> <strong>${outcome}</strong>${run !== null && html` <a href=${pathOfRun(pipeline, run)}>run ${run}</a>`}: ${reason} <span class="hint">${showTime(at, now)}</span></li>`,
    )}</ul>`
  );
}
