/**
 * A time as people say it: "3 min ago", "in 20 s", "now". Both in milliseconds. Used by the server and, as it
 * is, by the browser.
 */
export function describeTime(time: number, now: number): string;
