import type { Connection } from './connection.ts';

/** Nobody has this package; what is answered about it shows whether packages may be asked about. */
const unlikely = 'sluice-check-of-a-package-that-nobody-has';

/**
 * Whether the registry answers as npm registries do, asked as a poll asks: many have no ping, and nothing at
 * their address. Answers what could not be learnt, in words. Throws where a poll would.
 */
export async function checkRegistry({ url, http }: Connection): Promise<string | undefined> {
  const answer = await http.request(url + unlikely, { accept: [403, 404, 410] });
  if (answer.status === 403)
    return `${answer.url} answered 403, which may mean that it is not there, or that nothing may be read`;
  if (answer.status < 300) answer.json();
  return undefined;
}
