import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { describeWith } from '../../../test/support/requirement.ts';
import { verifyBytes } from '../src/checksum.ts';
import { decompress } from '../src/decompress.ts';
import { cut } from './support/scan.ts';

const text = Buffer.from(Array.from({ length: 90_000 }, (_, index) => `line ${index}\n`).join(''));

async function* toStream(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  yield* cut(bytes, size);
}

async function read(stored: Buffer, name = 'primary.xml', size = 10_000): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(decompress(toStream(stored, size), name)));
}

function expectSame(bytes: Buffer, expected: Buffer): void {
  expect(bytes.equals(expected), `${bytes.length} bytes instead of the ${expected.length}`).toBe(true);
}

/** The same bytes with one of them changed. */
function flip(bytes: Buffer, at: number): Buffer {
  const flipped = Buffer.from(bytes);
  const place = at < 0 ? flipped.length + at : at;
  flipped[place] = (flipped[place] ?? 0) ^ 0x55;
  return flipped;
}

describe('gzip', () => {
  const stored = gzipSync(text);

  it.each([7, 1000, 1_000_000])('is read in pieces of %i bytes', async (size) => {
    expectSame(await read(stored, 'primary.xml.gz', size), text);
  });

  it('may have several members, and zeros behind the last', async () => {
    const members = Buffer.concat([
      gzipSync(text.subarray(0, 5)),
      gzipSync(text.subarray(5)),
      gzipSync(Buffer.alloc(0)),
    ]);
    expectSame(await read(members), text);
    expectSame(await read(Buffer.concat([members, Buffer.alloc(512)])), text);
  });
});

describe('what is not compressed', () => {
  it('passes as it is, however short', async () => {
    for (const bytes of [text, Buffer.from('<a/>'), Buffer.alloc(0)]) expectSame(await read(bytes), bytes);
  });

  it('is refused under a name that promises otherwise', async () => {
    for (const ending of ['.gz', '.xz', '.bz2', '.zst']) {
      await expect(read(text, `primary.xml${ending}`)).rejects.toMatchObject({ code: 'MALFORMED' });
    }
  });
});

const programs = {
  name: 'xz and bzip2',
  install: 'apt-get install xz-utils bzip2',
  met: ['xz', 'bzip2'].every((program) => existsSync(`/usr/bin/${program}`) || existsSync(`/bin/${program}`)),
};

describeWith(programs, 'every compression', () => {
  const compressions: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
    ['.gz', (bytes) => gzipSync(bytes)],
    ['.zst', (bytes) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })],
    ['.xz', (bytes) => execFileSync('xz', { input: bytes, maxBuffer: 1e9 })],
    ['.bz2', (bytes) => execFileSync('bzip2', ['-1'], { input: bytes, maxBuffer: 1e9 })],
  ];

  it.each(compressions)(
    '%s: is told by its first bytes, whatever the name says',
    async (ending, compress) => {
      for (const name of ['primary.xml', `primary.xml${ending}`, 'primary.xml.gz'])
        expectSame(await read(compress(text), name), text);
    },
  );

  it.each(compressions)(
    '%s: damaged or cut off anywhere is a coded error or leaves the right bytes, never others',
    async (_, compress) => {
      const stored = compress(text);
      const damages = [-1, -5, -9, stored.length >> 1, 12].map((at) => flip(stored, at));
      const ends = [1, 3, 6, 20, stored.length >> 1, stored.length - 9, stored.length - 1].map((end) =>
        stored.subarray(0, end),
      );
      for (const bytes of [...damages, ...ends]) {
        const outcome = await read(bytes, 'primary.xml.gz').catch((thrown: unknown) => thrown);
        if (!Buffer.isBuffer(outcome)) expect(outcome).toMatchObject({ code: 'MALFORMED' });
        else expect(outcome.equals(text)).toBe(true);
      }
      await expect(read(stored.subarray(0, stored.length >> 1))).rejects.toMatchObject({ code: 'MALFORMED' });
    },
  );

  it.each(compressions)(
    '%s: a decompression bomb is stopped at the size that was told',
    async (_, compress) => {
      const bomb = compress(Buffer.alloc(30 * 2 ** 20));
      let most = 0;
      const expected = { checksum: undefined, size: 1_000_000 };
      const reading = async () => {
        for await (const chunk of verifyBytes(
          decompress(toStream(bomb, 65_536), 'bomb'),
          'the bomb',
          expected,
        ))
          most += chunk.length;
      };
      await expect(reading()).rejects.toMatchObject({ code: 'UNTRUSTED' });
      expect(most).toBeLessThanOrEqual(1_000_000);
    },
  );
});
