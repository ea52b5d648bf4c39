import { type Http, type HttpResponse, isPluginError } from '@sluice/plugin-sdk';
import type { KnownDocument } from './cursor.ts';
import type { Lane } from './lane.ts';

/** The two forms in which a registry tells of a package; they have different validators. */
export type Form = 'full' | 'abbreviated';

/**
 * What was answered: a package's document, that it has not changed (304), or that there is none (404, 410).
 */
export interface FetchedDocument {
  readonly form: Form;
  readonly response: HttpResponse;
}

/** Where to ask, and how. */
export interface DocumentSource {
  readonly http: Http;
  readonly url: string;
  readonly known: KnownDocument | undefined;
  /** Large documents come one at a time: each takes six times its size of memory while it is read. */
  readonly lane: Lane;
}

const mediaTypes = {
  full: 'application/json',
  abbreviated: 'application/vnd.npm.install-v1+json',
} as const satisfies Record<Form, string>;
const mebibyte = 1_048_576;
const ordinaryBytes = 4 * mebibyte;
const largestBytes = { full: 32 * mebibyte, abbreviated: 64 * mebibyte } as const satisfies Record<
  Form,
  number
>;

/**
 * Asks for a package's document and makes something of it at once, so that it is not kept. The full form,
 * since only that tells who published when; the abbreviated one where the full one is too large to be taken,
 * and from then on.
 *
 * Throws what {@link Http.request} does, and what `use` does.
 */
export function withDocument<T>(
  { http, url, known, lane }: DocumentSource,
  use: (document: FetchedDocument) => T,
): Promise<T> {
  const form = known?.form ?? 'full';
  const ask = async (form: Form, maxBytes: number) => {
    const etag = known?.form === form ? known.etag : undefined;
    const validators = etag !== undefined && { validators: { etag } };
    const options = { headers: { accept: mediaTypes[form] }, accept: [404, 410], maxBytes, ...validators };
    return use({ form, response: await http.request(url, options) });
  };
  const askAgain = () =>
    form === 'abbreviated'
      ? ask(form, largestBytes[form])
      : orIfTooLarge(ask(form, largestBytes[form]), () => ask('abbreviated', largestBytes.abbreviated));
  return orIfTooLarge(ask(form, ordinaryBytes), () => lane.run(askAgain));
}

async function orIfTooLarge<T>(first: Promise<T>, second: () => Promise<T>): Promise<T> {
  try {
    return await first;
  } catch (thrown) {
    if (isPluginError(thrown) && thrown.code === 'TOO_LARGE') return second();
    throw thrown;
  }
}
