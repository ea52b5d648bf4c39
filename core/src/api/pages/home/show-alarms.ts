import type { Actor } from '../../../pipelines/actor.ts';
import { reaches } from '../../../pipelines/rights.ts';
import { listUnacknowledged, type Unacknowledged } from '../../../store/alarms.ts';
import { type Hold, readHold } from '../../../store/hold.ts';
import { type FailingRepository, listFailing } from '../../../store/read-repositories.ts';
import type { Tx } from '../../../store/store.ts';
import { pathOfPackage, pathOfRepository, releasePath, withQuery } from '../addresses.ts';
import { showCut } from '../components/cut-list.ts';
import { showTime } from '../components/time.ts';
import { type Html, html } from '../html.ts';

const mostOfEach = 20;

/** What is wrong with what is watched. */
export interface Alarms {
  readonly unacknowledged: readonly Unacknowledged[];
  readonly failing: readonly FailingRepository[];
  /** What holds all starts. */
  readonly hold: Hold | undefined;
}

/** For those who may not see repositories. */
export const noAlarms: Alarms = { unacknowledged: [], failing: [], hold: undefined };

/** Reads what is wrong, as much as there is room for. */
export async function readAlarms(tx: Tx): Promise<Alarms> {
  const unacknowledged = await listUnacknowledged(tx, mostOfEach);
  return { unacknowledged, failing: await listFailing(tx, mostOfEach), hold: await readHold(tx) };
}

/** Who looks at what is wrong, when and how. */
interface Looking {
  readonly actor: Actor;
  readonly now: number;
  readonly query: URLSearchParams;
}

/** That nothing starts, versions that were published again with other bytes, and repositories of which nothing new is known. */
export function showAlarms({ unacknowledged, failing, hold }: Alarms, { actor, now, query }: Looking): Html {
  const items = [
    ...(hold ? [showHold(hold, actor, now)] : []),
    ...unacknowledged.map((one) => showUnacknowledged(one, actor)),
    ...failing.map((one) => showFailing(one, now)),
  ];
  const isMore = unacknowledged.length === mostOfEach || failing.length === mostOfEach;
  return showCut({
    ...{ id: 'alarms', title: 'Something is wrong', path: '/', classes: 'waits alarms' },
    ...{ items, isMore, query },
  });
}

function showHold({ since, reason }: Hold, actor: Actor, now: number): Html {
  return html`<li><span>All starts are held since ${showTime(since, now)}: ${reason}</span>${
    reaches(actor, 'admin') &&
    html`<span class="offers"><a class="button" href=${releasePath}>Release<span class="unseen"> all starts</span> …</a></span>`
  }</li>`;
}

function showUnacknowledged({ package: name, version }: Unacknowledged, actor: Actor): Html {
  const path = pathOfPackage(name);
  return html`<li><span><a href=${withQuery(path, { q: version })}>${name} ${version}</a> was published again with other bytes</span>${
    reaches(actor, 'operator') &&
    html`<span class="offers"><a class="button" href=${withQuery(`${path}/acknowledge`, { version })}>Acknowledge<span class="unseen"> ${name} ${version}</span> …</a></span>`
  }</li>`;
}

function showFailing({ name, problem: { code, message, since } }: FailingRepository, now: number): Html {
  return html`<li><span><a href=${pathOfRepository(name)}>${name}</a> fails since ${showTime(since, now)} <span class="error"><code>${code}</code> ${message}</span></span></li>`;
}
