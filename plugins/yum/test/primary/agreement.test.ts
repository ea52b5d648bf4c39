import { isPluginError } from '@sluice/plugin-sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutAnywhere, documents, mutations, names } from '../support/documents.ts';
import { cut, parse, type Scanned, scan } from '../support/scan.ts';

const places = fc.array(fc.nat(), { maxLength: 12 });
const wanted = fc.subarray([...names]).map((some) => new Set<string>(some));
const seed = 20_261_123;

/** What came of a reading: an answer, or a coded refusal; anything else is thrown on. */
function attempt(read: () => Scanned): Pick<Scanned, 'found' | 'packages'> | 'refused' {
  try {
    const { found, packages } = read();
    return { found, packages };
  } catch (thrown) {
    if (isPluginError(thrown)) return 'refused';
    throw thrown;
  }
}

describe('the scanner and the full parser', () => {
  it('find the same in documents written in any way, cut anywhere', () => {
    let answered = 0;
    fc.assert(
      fc.property(documents, wanted, places, (document, some, cuts) => {
        const whole = attempt(() => parse(document, some));
        if (whole === 'refused') return;
        answered++;
        expect(attempt(() => scan(cutAnywhere(document, cuts), some))).toEqual(whole);
      }),
      { numRuns: 4000, seed },
    );
    expect(answered).toBeGreaterThan(2500);
  });

  it('find the same in documents that were damaged and are still well-formed; no damage is anything but a coded error', () => {
    let answered = 0;
    fc.assert(
      fc.property(
        documents,
        fc.array(mutations, { minLength: 1, maxLength: 2 }),
        wanted,
        places,
        (document, damages, some, cuts) => {
          const damaged = damages.reduce((bytes, damage) => damage(bytes), document);
          const whole = attempt(() => parse(damaged, some));
          const scanned = attempt(() => scan(cutAnywhere(damaged, cuts), some));
          if (whole === 'refused') return;
          answered++;
          expect(scanned).toEqual(whole);
        },
      ),
      { numRuns: 6000, seed },
    );
    expect(answered).toBeGreaterThan(500);
  });

  it('both refuse a document that ends too early, wherever it ends', () => {
    fc.assert(
      fc.property(documents, fc.nat(), places, (document, place, cuts) => {
        const end = document.lastIndexOf('</');
        const early = document.subarray(0, place % (end + 1));
        expect(attempt(() => parse(early, new Set(names)))).toBe('refused');
        expect(attempt(() => scan(cutAnywhere(early, cuts), new Set(names)))).toBe('refused');
      }),
      { numRuns: 2000, seed },
    );
  });

  it('find the same when every byte comes alone', () => {
    for (const document of fc.sample(documents, { numRuns: 60, seed })) {
      const some = new Set<string>(names);
      const whole = attempt(() => parse(document, some));
      if (whole !== 'refused') expect(attempt(() => scan(cut(document, 1), some))).toEqual(whole);
    }
  });
});
