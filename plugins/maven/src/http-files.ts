import { type Http, PluginError, type ResponseHead, type Validators } from '@sluice/plugin-sdk';
import type { Files, FoundFile, ReadFile, ReadOptions } from './files.ts';
import type { RepositoryPath } from './layout.ts';
import { isPage } from './xml.ts';

const longestEtag = 256;
/** Nobody has this artifact; what is answered about it shows whether artifacts may be asked about. */
const unlikely = 'sluice/check/maven-metadata.xml';
/** Statuses that refuse a request for good, whoever asks again: 408, 425 and 429 do not. */
const refusals = [400, 401, 402, 403, 404, 405, 406, 410, 451];

/** The files of a repository at an http or https URL that ends with a slash. */
export function makeHttpFiles(base: string, http: Http): Files {
  const locate = (path: RepositoryPath) => new URL(path, base).href;
  return {
    locate,
    async read(path, options) {
      const response = await http.request(locate(path), toRequest(options));
      if (response.notModified) return { kind: 'unchanged' };
      if (response.status >= 400) return { kind: 'absent' };
      return {
        kind: 'read',
        bytes: response.bytes(),
        validators: chooseValidators(response),
      } satisfies ReadFile;
    },
    find: (path) => findFile(http, locate(path)),
    check: () => askUnlikely(http, locate(unlikely)),
  };
}

/**
 * Asks as a poll asks: many repositories have nothing at their root, or not for everybody, and serve what
 * lies below.
 */
async function askUnlikely(http: Http, url: string): Promise<string | undefined> {
  const answer = await http.request(url, { accept: [403, 404, 410] });
  if (answer.status === 403)
    return `${answer.url} answered 403, which may mean that it is not there, or that nothing may be read`;
  if (answer.status < 300 && isPage(answer.text())) throw notAFile(answer.url);
  return undefined;
}

function toRequest({ maxBytes, validators, fresh = false, orRefused = false }: ReadOptions) {
  return {
    accept: orRefused ? refusals : [404, 410],
    maxBytes,
    ...(validators && { validators }),
    ...(fresh && { headers: { 'cache-control': 'no-cache' } }),
  };
}

async function findFile(http: Http, url: string): Promise<FoundFile | undefined> {
  const head = await askHead(http, url);
  if (head.status === 404 || head.status === 410) return undefined;
  if (/^text\/html\b/i.test(head.headers['content-type'] ?? '') && !/\.html?$/i.test(url))
    throw notAFile(url);
  const modifiedAt = Date.parse(head.headers['last-modified'] ?? '');
  return { modifiedAt: Number.isNaN(modifiedAt) ? undefined : modifiedAt };
}

function notAFile(url: string): PluginError {
  const message = `${url} is an HTML page, perhaps a login page; check the URL, the credentials and the proxy`;
  return new PluginError('MALFORMED', message);
}

async function askHead(http: Http, url: string): Promise<ResponseHead> {
  const head = await http.request(url, { method: 'HEAD', accept: [404, 405, 410, 501] });
  if (head.status !== 405 && head.status !== 501) return head;
  const answer = await http.stream(url, { accept: [404, 410] });
  answer.body.destroy();
  return answer;
}

/**
 * What a document can be recognised by. A Last-Modified only if the document was a second old or more when it
 * was sent: before that another one may follow under the same (RFC 9110, section 8.8.2.2).
 */
function chooseValidators({ validators, headers }: ResponseHead): Validators {
  const { etag, lastModified } = validators;
  if (etag !== undefined && etag.length <= longestEtag) return { etag };
  const ageMs = Date.parse(headers['date'] ?? '') - Date.parse(lastModified ?? '');
  return lastModified !== undefined && ageMs >= 1000 ? { lastModified } : {};
}
