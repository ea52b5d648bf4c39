import type { Actor } from '../../../engine/actor.ts';
import { reaches } from '../../../engine/rights.ts';
import { type Alarm, listAlarmsAtHand } from '../../../store/alarms.ts';
import { type Hold, readHold } from '../../../store/hold.ts';
import { type FailingRepository, listFailing } from '../../../store/read-repositories.ts';
import type { Tx } from '../../../store/store.ts';
import { pathOfPackage, pathOfRepository, releasePath, withQuery } from '../addresses.ts';
import { showAlarm } from '../components/alarms.ts';
import { showCut } from '../components/cut-list.ts';
import { showTime } from '../components/time.ts';
import { type Html, html } from '../html.ts';

const mostOfEach = 20;

/** What is wrong with what is watched. */
export interface Alarms {
  /** About versions that somebody has to do with. */
  readonly versions: readonly Alarm[];
  readonly failing: readonly FailingRepository[];
  /** What holds all starts. */
  readonly hold: Hold | undefined;
}

/** For those who may not see repositories. */
export const noAlarms: Alarms = { versions: [], failing: [], hold: undefined };

/** Reads what is wrong, as much as there is room for. */
export async function readHomeAlarms(tx: Tx): Promise<Alarms> {
  const versions = await listAlarmsAtHand(tx, mostOfEach);
  return { versions, failing: await listFailing(tx, mostOfEach), hold: await readHold(tx) };
}

/** Who looks at what is wrong, when and how. */
interface Looking {
  readonly actor: Actor;
  readonly now: number;
  readonly query: URLSearchParams;
}

/**
 * That nothing starts, what is wrong with versions that runs carry or people must look at, and repositories
 * of which nothing new is known.
 */
export function showAlarms({ versions, failing, hold }: Alarms, { actor, now, query }: Looking): Html {
  const items = [
    ...(hold ? [showHold(hold, actor, now)] : []),
    ...versions.map((one) => showVersion(one, actor)),
    ...failing.map((one) => showFailing(one, now)),
  ];
  const isMore = versions.length === mostOfEach || failing.length === mostOfEach;
  return showCut({
    id: 'alarms',
    title: 'Something is wrong',
    path: '/',
    classes: 'waits alarms',
    items,
    isMore,
    query,
  });
}

function showHold({ since, reason }: Hold, actor: Actor, now: number): Html {
  return html`<li><span>All starts are held since ${showTime(since, now)}: ${reason}</span>${
    reaches(actor, 'admin') &&
    html`<span class="offers"><a class="button" href=${releasePath}>Release<span class="unseen"> all starts</span> …</a></span>`
  }</li>`;
}

function showVersion(alarm: Alarm, actor: Actor): Html {
  const { kind, package: name, version } = alarm;
  const path = withQuery(`${pathOfPackage(name)}/acknowledge`, { version });
  return html`<li><span>${showAlarm(alarm)}</span>${
    kind === 'republished' &&
    reaches(actor, 'operator') &&
    html`<span class="offers"><a class="button" href=${path}>Acknowledge<span class="unseen"> ${name} ${version}</span> …</a></span>`
  }</li>`;
}

function showFailing({ name, problem: { code, message, since } }: FailingRepository, now: number): Html {
  return html`<li><span><a href=${pathOfRepository(name)}>${name}</a> fails since ${showTime(since, now)} <span class="error"><code>${code}</code> ${message}</span></span></li>`;
}
