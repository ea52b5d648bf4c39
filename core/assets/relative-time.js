const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
];

/** @type {import('./relative-time.d.ts').describeTime} */
export function describeTime(time, now) {
  const away = Math.abs(now - time);
  const [unit, length] = units.find(([, ms]) => away >= ms) ?? ['', 0];
  if (length === 0) return 'now';
  const span = `${Math.floor(away / length)} ${unit}`;
  return time <= now ? `${span} ago` : `in ${span}`;
}
