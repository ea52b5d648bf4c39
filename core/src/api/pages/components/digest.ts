import { type Html, html } from '../html.ts';

const shown = 12;

/** A digest, `algorithm:hex`: its beginning, the whole of it in the title and for those who copy. */
export function showDigest(digest: string | null): Html | string {
  if (digest === null || digest === '') return 'none told';
  const [algorithm = '', hex = ''] = digest.split(':');
  return html`<code class="digest" title=${digest}>${algorithm}:${hex.slice(0, shown)}<span class="rest">${hex.slice(shown)}</span></code>`;
}
