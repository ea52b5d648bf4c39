import { describeTime } from '../../../../assets/relative-time.js';
import { type Html, html } from '../html.ts';

/** A time as people say it, kept fresh by the browser, with the exact one in its title; milliseconds. */
export function showTime(time: number, now: number): Html {
  const iso = new Date(time).toISOString();
  return html`<time datetime=${iso} title=${showExactTime(time)} data-age>${describeTime(time, now)}</time>`;
}

/** The same, or a word where there is no time. */
export function showTimeOr(time: number | null | undefined, now: number, otherwise: string): Html | string {
  return time === null || time === undefined ? otherwise : showTime(time, now);
}

/** A time to the second, in UTC. */
export function showExactTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** A length of time, in milliseconds, as people say it: `1 min 20 s`. */
export function showDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
