import { strongestDigest } from '../../../store/digests.ts';
import type { RecordedRevision } from '../../../store/ledger.ts';
import type { VersionDecisions } from '../../../store/package-decisions.ts';
import { pathOfPackage, pathOfPipeline, pathOfRevisionStream, pathOfRun, withQuery } from '../addresses.ts';
import { showDigest } from '../components/digest.ts';
import { showLink } from '../components/link.ts';
import { showMark } from '../components/status.ts';
import { showTime } from '../components/time.ts';
import { type Html, html } from '../html.ts';

/** Of which package it is, and when it is shown. */
interface Around {
  /** `repository/package` */
  readonly name: string;
  readonly mayAcknowledge: boolean;
  readonly now: number;
}

/** A version: what the ledger knows of it, and what was decided about it. */
export function showRevision(
  revision: RecordedRevision,
  decisions: VersionDecisions | undefined,
  { name, mayAcknowledge, now }: Around,
): Html {
  const { facts, state, detectedAt, unacknowledged, missingSince } = revision;
  const { version, standing, warning, publisher, comment, publishedAt, trackbackUrl, location, digests } =
    facts;
  return html`<li class=${`revision ${state}`}>
    <div class="revision-head"><h3 class="version">${version}</h3>
      ${state === 'republished' && showMark('failed', unacknowledged ? 'republished with other bytes' : 'republished, acknowledged')}
      ${state === 'withdrawn' && showMark('cancelled', 'withdrawn')}
      ${missingSince !== undefined && showMark('waiting', 'missing from the last answer')}
      ${standing !== undefined && standing !== 'ok' && showMark('waiting', standing)}
      <span class="hint">seen ${showTime(detectedAt, now)}</span>
      <a href=${withQuery(pathOfRevisionStream(name), { version })}>Value stream<span class="unseen"> of ${version}</span></a>
      ${unacknowledged && mayAcknowledge && html`<a class="button" href=${withQuery(`${pathOfPackage(name)}/acknowledge`, { version })}>Acknowledge …</a>`}</div>
    ${warning && html`<p class="warning">${warning}</p>`}
    ${comment && html`<p class="comment">${comment}</p>`}
    <dl class="facts-list">
      ${fact('Published', publishedAt !== undefined && html`${showTime(publishedAt, now)}${publisher && ` by ${publisher}`}`)}
      ${publishedAt === undefined && fact('Publisher', publisher)}
      ${fact('Digest', showDigest(strongestDigest(digests ?? {})))}
      ${fact('Where', location !== undefined && showLink(location))}
      ${fact('Built by', trackbackUrl !== undefined && showLink(trackbackUrl))}
    </dl>
    ${decisions && showVerdicts(decisions, { about: `${name}@${version}`, now })}
  </li>`;
}

function fact(name: string, value: Html | string | false | undefined): Html | false {
  return (
    value !== undefined &&
    value !== false &&
    value !== '' &&
    html`<div><dt>${name}</dt><dd>${value}</dd></div>`
  );
}

/** What was decided about a version: why it did or did not run. */
function showVerdicts(
  { newest, count }: VersionDecisions,
  { about, now }: { readonly about: string; readonly now: number },
): Html {
  const shown = newest.map(
    ({ at, pipeline, outcome, reason, run }) =>
      html`<li><a href=${pathOfPipeline(pipeline)}>${pipeline}</a> <strong>${outcome}</strong>${run !== null && html` <a href=${pathOfRun(pipeline, run)}>run ${run}</a>`}: ${reason} <span class="hint">${showTime(at, now)}</span></li>`,
  );
  const path = withQuery('/decisions', { q: about });
  return html`<ul class="verdicts">${shown}${count > newest.length && html`<li><a href=${path}>All ${count} decisions about it</a></li>`}</ul>`;
}
