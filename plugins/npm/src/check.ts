import type { Connection } from './connection.ts';

/** Whether the registry answers as npm registries do. Throws where it does not. */
export async function checkRegistry({ url, http }: Connection): Promise<void> {
  const ping = await http.request(new URL('-/ping', url).href, { accept: [404] });
  // Not every registry has a ping; without one, that something answers at its address is all there is to learn.
  if (ping.status === 404) await http.request(url);
  else ping.json();
}
