import { isLoopback } from '../loopback.ts';
import { atValue, type Rule } from './rule.ts';

const why = 'without "access:" everybody who reaches the server is its admin';

/** Without `access:` nobody but this machine may reach the server. */
export const checkServer: Rule = function* ({ config: { server, access } }) {
  const { host, url } = server ?? {};
  if (access === undefined && host !== undefined && !isLoopback(host))
    yield atValue(['server', 'host'], `${why}: use 127.0.0.1 or ::1`);
  if (url === undefined) return;
  if (!URL.canParse(url)) yield atValue(['server', 'url'], 'url: is not a valid URL');
  else if (access === undefined && !isLoopback(new URL(url).hostname))
    yield atValue(
      ['server', 'url'],
      `${why}: the URL must lead to this machine, such as http://127.0.0.1:8153/`,
    );
};
