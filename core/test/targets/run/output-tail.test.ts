import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMasker } from '../../../src/targets/log-text.ts';
import { OutputTail } from '../../../src/targets/run/output-tail.ts';
import { type Log, makeDirectory, makeLog } from '../jobs.ts';

const secrets = ['hunter22', 'pässwörd €', 'hunter22-and-more'];

function openTail(path: string, log: Log, { offset = 0, storedBytes = 10 * 1024 ** 2 } = {}): OutputTail {
  return new OutputTail({ path, offset, storedBytes, masker: createMasker(secrets), write: log.write });
}

function lastOffset(log: Log): number {
  return log.writes.at(-1)?.offset ?? 0;
}

describe('output', () => {
  it('that is not there yet is no output', async () => {
    const log = makeLog();
    await using tail = openTail(join(makeDirectory(), 'output'), log);
    expect(await tail.copy()).toBe(false);
    await tail.finish();
    expect(log.writes).toEqual([]);
  });

  it('is stored as it comes, a character or a secret only as a whole', async () => {
    const path = join(makeDirectory(), 'output');
    const log = makeLog();
    await using tail = openTail(path, log);
    const bytes = Buffer.from('é token=hunter22\n');
    for (const byte of bytes) {
      appendFileSync(path, Uint8Array.of(byte));
      await tail.copy();
    }
    expect(log.text).toBe('é token=[secret]\n');
    expect(lastOffset(log)).toBe(bytes.length);
    expect(log.writes.some(({ text }) => text.includes('hun'))).toBe(false);
  });

  it('reads the same, wherever it is cut and however often another server goes on with it', async () => {
    const directory = makeDirectory();
    const piece = fc.oneof(
      fc.constantFrom(...secrets, 'hunter', '\n', '[secret'),
      fc.string({ unit: 'grapheme' }),
    );
    const whole = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(' '));
    const cuts = fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 20 }), isHandedOver: fc.boolean() }), {
      maxLength: 40,
    });
    let count = 0;
    await fc.assert(
      fc.asyncProperty(whole, cuts, async (text, steps) => {
        const path = join(directory, `output-${count++}`);
        const log = makeLog();
        let rest = Buffer.from(text);
        let tail = openTail(path, log);
        for (const { bytes, isHandedOver } of [...steps, { bytes: rest.length, isHandedOver: false }]) {
          appendFileSync(path, rest.subarray(0, bytes));
          rest = rest.subarray(bytes);
          await tail.copy();
          if (!isHandedOver) continue;
          await tail[Symbol.asyncDispose]();
          tail = openTail(path, log, { offset: lastOffset(log) });
        }
        await tail.finish();
        await tail[Symbol.asyncDispose]();
        expect(log.text).toBe(createMasker(secrets).mask(text).replaceAll('\0', '\uFFFD'));
        expect(lastOffset(log)).toBe(Buffer.byteLength(text));
      }),
      { numRuns: 200 },
    );
  });

  it('that is no text is stored with the mark for what cannot be read, and every byte is counted', async () => {
    const path = join(makeDirectory(), 'output');
    writeFileSync(path, Buffer.from([0x61, 0xff, 0xfe, 0x00, 0xc3, 0x28, 0x62, 0xe2, 0x82]));
    const log = makeLog();
    await using tail = openTail(path, log);
    await tail.copy();
    expect(lastOffset(log)).toBe(7);
    await tail.finish();
    expect(log.text).toBe('a\uFFFD\uFFFD\uFFFD\uFFFD(b\uFFFD');
    expect(lastOffset(log)).toBe(9);
  });

  it('comes in parts of at most 64 KiB, complete', async () => {
    const path = join(makeDirectory(), 'output');
    const text = 'äöü hunter2 '.repeat(50_000);
    writeFileSync(path, text);
    const log = makeLog();
    await using tail = openTail(path, log);
    await tail.finish();
    expect(log.text).toBe(text);
    expect(Math.max(...log.writes.map((write) => Buffer.byteLength(write.text)))).toBeLessThanOrEqual(
      64 * 1024,
    );
  });

  it('beyond the bound keeps its beginning, which is stored as it comes, and its end, with a line between that says how much is left out', async () => {
    const path = join(makeDirectory(), 'output');
    const log = makeLog();
    const bound = { storedBytes: 1000 };
    await using tail = openTail(path, log, bound);
    writeFileSync(path, '-'.repeat(600));
    await tail.copy();
    expect(log.text).toBe('-'.repeat(500));
    appendFileSync(path, `${'.'.repeat(2000)}${','.repeat(400)}`);
    await tail.copy();
    await tail.finish();
    const line = '\n[sluice: 2000 bytes of the output are left out here; the limit is 1000 bytes]\n';
    expect(log.text).toBe(`${'-'.repeat(500)}${line}${'.'.repeat(100)}${','.repeat(400)}`);
    await using next = openTail(path, log, { ...bound, offset: lastOffset(log) });
    await next.finish();
    expect(log.writes).toHaveLength(3);
  });

  it('is cut neither within a secret nor within a character', async () => {
    const path = join(makeDirectory(), 'output');
    for (let shift = 0; shift < 24; shift++) {
      const log = makeLog();
      writeFileSync(
        path,
        `${'x'.repeat(500 - shift)}pässwörd €${'y'.repeat(3000)}pässwörd €${'z'.repeat(500 - shift)}`,
      );
      await using tail = openTail(path, log, { storedBytes: 1000 });
      await tail.finish();
      const [head = '', end = ''] = log.text.split(
        /\n\[sluice: \d+ bytes of the output are left out here; the limit is 1000 bytes\]\n/,
      );
      expect(head).toMatch(/^x+(\[secret\])?y*$/);
      expect(end).toMatch(/^y*(\[secret\])?z+$/);
    }
  });

  it('of more than the bound is stored the same, whenever another server goes on with it', async () => {
    const path = join(makeDirectory(), 'output');
    writeFileSync(path, `${'x'.repeat(100_000)}hunter22${'y'.repeat(300_000)}`);
    const bound = { storedBytes: 250_000 };
    const whole = makeLog();
    await using tail = openTail(path, whole, bound);
    await tail.finish();
    for (let taken = 0; taken < whole.writes.length; taken++) {
      const log = makeLog();
      await using next = openTail(path, log, { ...bound, offset: whole.writes[taken]?.offset ?? 0 });
      await next.finish();
      expect(log.writes).toEqual(whole.writes.slice(taken + 1));
    }
  });

  it('that the job itself cut short is no more output', async () => {
    const path = join(makeDirectory(), 'output');
    writeFileSync(path, 'short');
    const log = makeLog();
    await using tail = openTail(path, log, { offset: 100 });
    await tail.finish();
    expect(log.writes).toEqual([]);
  });

  it('that may go on as a secret for ever is stored all the same', async () => {
    const path = join(makeDirectory(), 'output');
    writeFileSync(path, 'z'.repeat(200_000));
    const log = makeLog();
    const masker = createMasker(['z'.repeat(300_000)]);
    await using tail = new OutputTail({ path, offset: 0, storedBytes: 1e6, masker, write: log.write });
    await tail.finish();
    expect(log.text).toHaveLength(200_000);
  });
});
