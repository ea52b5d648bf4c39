import type { Status } from '../../../domain/status.ts';
import type { Alarm, AlarmKind } from '../../../store/alarms.ts';
import { pathOfPackage, withQuery } from '../addresses.ts';
import { type Html, html } from '../html.ts';
import { showMark } from './status.ts';

/** What each alarm says of a version, in a sentence and in a word or two, and its colour. */
const words: Readonly<
  Record<AlarmKind, { readonly says: string; readonly short: string; readonly colour: Status }>
> = {
  republished: {
    says: 'was published again with other bytes, which nobody has acknowledged',
    short: 'other bytes',
    colour: 'failed',
  },
  withdrawn: { says: 'was withdrawn from its repository', short: 'withdrawn', colour: 'failed' },
  missing: {
    says: 'is missing from the last answer of its repository',
    short: 'missing from the last answer',
    colour: 'waiting',
  },
  deprecated: { says: 'is deprecated by now', short: 'deprecated', colour: 'waiting' },
  yanked: { says: 'was yanked by its publisher', short: 'yanked', colour: 'failed' },
};

/** An alarm in a sentence, which leads to the version. */
export function showAlarm({ kind, package: name, version }: Alarm): Html {
  return html`<a href=${withQuery(pathOfPackage(name), { q: version })}>${name} ${version}</a> ${words[kind].says}`;
}

/** Alarms about what somebody may act on, one a line; nothing where there are none. */
export function showAlarmList(alarms: readonly Alarm[]): Html | false {
  return (
    alarms.length > 0 &&
    html`<ul class="verdicts" aria-label="Alarms">${alarms.map((alarm) => html`<li class="warning">${showAlarm(alarm)}</li>`)}</ul>`
  );
}

/** Alarms about one version, a mark each. */
export function showAlarmMarks(alarms: readonly Pick<Alarm, 'kind'>[]): readonly Html[] {
  return alarms.map(({ kind }) => html` ${showMark(words[kind].colour, words[kind].short)}`);
}

/** What alarms say of one version, in words alone. */
export function describeAlarms(alarms: readonly Pick<Alarm, 'kind'>[]): string {
  return alarms.map(({ kind }) => words[kind].short).join(', ');
}
