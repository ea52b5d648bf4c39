import { secretForms } from './secret-forms.ts';

/** What stands in for a secret. */
const mask = '[secret]';

/** A span of a text, from its start up to but without its end. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** A masked text, and how many characters (UTF-16 units) of the text it stands for. */
export interface MaskedPart {
  readonly masked: string;
  readonly taken: number;
}

const maxSecrets = 10_000;

/**
 * Understands which values must never be shown, and finds them in a text.
 *
 * Beside the value itself its base64, URL-encoded and JSON forms are masked, and every longer line of a value
 * of several lines. Values below 4 characters are not masked: they would tear holes into every text without
 * hiding anything.
 */
export class Masker {
  readonly #secrets = new Map<string, readonly string[]>();
  #forms: readonly string[] | undefined;

  /**
   * Masks a value from now on. Of more than 10,000 values the one that was added longest ago is forgotten.
   */
  add(secret: string): void {
    const known = this.#secrets.get(secret);
    this.#secrets.delete(secret);
    this.#secrets.set(secret, known ?? secretForms(secret));
    if (known !== undefined) return;
    const [oldest] = this.#secrets.keys();
    if (this.#secrets.size > maxSecrets && oldest !== undefined) this.#secrets.delete(oldest);
    this.#forms = undefined;
  }

  /** The text with `[secret]` wherever a secret was; secrets that overlap become one mask. */
  mask(text: string): string {
    return replaceSpans(text, this.#find(text));
  }

  /**
   * As much of a text that goes on as can be shown by now, masked: what may be the beginning of a secret is
   * not taken. With `last`, nothing follows and all is taken. It keeps nothing: whoever comes again with what
   * was not taken needs no memory of before.
   */
  maskPart(text: string, last: boolean): MaskedPart {
    const spans = this.#find(text);
    const unfinished = last ? text.length : this.#startOfUnfinished(text);
    const taken = spans.find(({ start, end }) => start < unfinished && end > unfinished)?.start ?? unfinished;
    const finished = spans.filter(({ start }) => start < taken);
    return { masked: replaceSpans(text.slice(0, taken), finished), taken };
  }

  #knownForms(): readonly string[] {
    this.#forms ??= [...new Set([...this.#secrets.values()].flat())];
    return this.#forms;
  }

  /** The spans to mask, in order, none overlapping another. */
  #find(text: string): readonly Span[] {
    const found: Span[] = [];
    for (const form of this.#knownForms()) {
      for (let start = text.indexOf(form); start >= 0; start = text.indexOf(form, start + 1)) {
        found.push({ start, end: start + form.length });
      }
    }
    return unite(found);
  }

  /** Where the longest ending of the text begins that may go on to become a secret. */
  #startOfUnfinished(text: string): number {
    const forms = this.#knownForms();
    const longest = forms.reduce((length, form) => Math.max(length, form.length), 0);
    for (let start = Math.max(0, text.length - longest + 1); start < text.length; start++) {
      const ending = text.slice(start);
      if (forms.some((form) => form.length > ending.length && form.startsWith(ending))) return start;
    }
    return text.length;
  }
}

function unite(spans: Span[]): readonly Span[] {
  const united: Span[] = [];
  for (const span of spans.sort((a, b) => a.start - b.start)) {
    const last = united.at(-1);
    if (last && span.start < last.end)
      united[united.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    else united.push(span);
  }
  return united;
}

function replaceSpans(text: string, spans: readonly Span[]): string {
  let shown = '';
  let from = 0;
  for (const { start, end } of spans) {
    shown += text.slice(from, start) + mask;
    from = end;
  }
  return shown + text.slice(from);
}
