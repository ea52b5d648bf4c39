import { type ReasonCode, reasons } from '../../../src/domain/reason.ts';
import type { SomeReason } from '../../../src/domain/reasons/kind.ts';

/** Understands how often each reason of the catalogue was given, alone or as part of another. */
export class Tally {
  readonly #counts = new Map<string, number>();

  count({ code, facts }: SomeReason): void {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
    const { why, all = [] }: { readonly why?: unknown; readonly all?: readonly SomeReason[] } = facts;
    if (isReason(why)) this.count(why);
    for (const one of all) this.count(one);
  }

  /** Those of the catalogue that were given less often than so. */
  listRarer(times: number): readonly ReasonCode[] {
    const codes = Object.keys(reasons) as ReasonCode[];
    return codes.filter((code) => (this.#counts.get(code) ?? 0) < times);
  }

  /** `published 17, ...`, the rarest last. */
  describe(): string {
    const sorted = [...this.#counts].toSorted(([, a], [, b]) => b - a);
    return sorted.map(([code, count]) => `${code} ${count}`).join(', ');
  }
}

function isReason(value: unknown): value is SomeReason {
  return typeof value === 'object' && value !== null && 'code' in value && 'facts' in value;
}
