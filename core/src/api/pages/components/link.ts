import { type Html, html } from '../html.ts';

/**
 * A link to what a repository or a person named. Only http and https addresses are links; anything else,
 * `javascript:` among it, is shown as the text that it is.
 */
export function showLink(url: string, text = url): Html | string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    return text === url ? url : `${text} (${url})`;
  return html`<a href=${url} rel="noopener noreferrer nofollow">${text}</a>`;
}
