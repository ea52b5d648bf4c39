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

const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** A length of time, in milliseconds, as people say it: `1 min 20 s`, in its two largest units. */
export function showDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 1) return `${Math.round(seconds * 1_000)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  let rest = Math.round(seconds);
  const from = units.findIndex(([, length]) => rest >= length);
  const parts = units.slice(from, from + 2).map(([unit, length]) => {
    const count = Math.floor(rest / length);
    rest %= length;
    return { unit, count };
  });
  return parts.flatMap(({ unit, count }) => (count === 0 ? [] : `${count} ${unit}`)).join(' ');
}
