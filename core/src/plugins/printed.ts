import type { Readable } from 'node:stream';

const bytesPerSecond = 262_144;
const linesPerSecond = 100;
const longestLine = 8192;

/**
 * Reads what a plugin prints, line by line, no faster than 256 KiB and 100 lines a second: beyond the first
 * it is made to wait, beyond the second its lines are counted and dropped.
 */
export function readPrinted(stream: Readable, say: (line: string) => void): void {
  const budget = { bytes: bytesPerSecond, lines: linesPerSecond, dropped: 0 };
  let begun = '';
  const sayLine = (line: string) => {
    if (line.trim() === '') return;
    if (budget.lines-- > 0) say(line);
    else budget.dropped++;
  };
  const renew = setInterval(() => {
    if (budget.dropped > 0) say(`${budget.dropped} more lines were dropped`);
    Object.assign(budget, { bytes: bytesPerSecond, lines: linesPerSecond, dropped: 0 });
    stream.resume();
  }, 1000).unref();
  // A pipe that breaks does so because the process ends.
  stream.on('error', () => {});
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    budget.bytes -= chunk.length;
    if (budget.bytes <= 0) stream.pause();
    const [first = '', ...rest] = chunk.split('\n');
    const lines = [begun + first, ...rest];
    begun = (lines.pop() ?? '').slice(0, longestLine);
    // A secret that was told over the channel before this was printed is to be known by then.
    setImmediate(() => lines.map((line) => line.slice(0, longestLine)).forEach(sayLine));
  });
  stream.on('close', () => {
    clearInterval(renew);
    sayLine(begun);
  });
}
