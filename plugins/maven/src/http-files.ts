import { type Http, PluginError, type ResponseHead, type Validators } from '@sluice/plugin-sdk';
import type { Files, FoundFile, ReadFile, ReadOptions } from './files.ts';
import type { RepositoryPath } from './layout.ts';

const longestEtag = 256;
/** No repository has this artifact; what is asked about it shows whether artifacts may be asked about. */
const unlikely = 'sluice/check/maven-metadata.xml';

/** The files of a repository at an http or https URL that ends with a slash. */
export function makeHttpFiles(base: string, http: Http): Files {
  const locate = (path: RepositoryPath) => new URL(path, base).href;
  return {
    locate,
    async read(path, options) {
      const response = await http.request(locate(path), toRequest(options));
      if (response.notModified) return { kind: 'unchanged' };
      if (response.status >= 400) return { kind: 'absent' };
      return { kind: 'read', bytes: response.bytes(), validators: chooseValidators(response) } satisfies ReadFile;
    },
    find: (path) => findFile(http, locate(path)),
    async check() {
      // Many repositories list nothing at their root, or not to everybody, and serve what lies below.
      const root = await http.request(base, { accept: [403, 404, 410] });
      if (root.status === 403) await http.request(locate(unlikely), { accept: [404, 410] });
    },
  };
}

function toRequest({ maxBytes, validators, fresh = false, orForbidden = false }: ReadOptions) {
  return {
    accept: orForbidden ? [403, 404, 410] : [404, 410],
    maxBytes,
    ...(validators && { validators }),
    ...(fresh && { headers: { 'cache-control': 'no-cache' } }),
  };
}

async function findFile(http: Http, url: string): Promise<FoundFile | undefined> {
  const head = await askHead(http, url);
  if (head.status === 404 || head.status === 410) return undefined;
  if (/^text\/html\b/i.test(head.headers['content-type'] ?? '') && !/\.html?$/i.test(url)) {
    throw new PluginError(
      'MALFORMED',
      `${url} is an HTML page, perhaps a login page; check the URL, the credentials and the proxy`,
    );
  }
  const modifiedAt = Date.parse(head.headers['last-modified'] ?? '');
  return { modifiedAt: Number.isNaN(modifiedAt) ? undefined : modifiedAt };
}

async function askHead(http: Http, url: string): Promise<ResponseHead> {
  const head = await http.request(url, { method: 'HEAD', accept: [404, 405, 410, 501] });
  if (head.status !== 405 && head.status !== 501) return head;
  const answer = await http.stream(url, { accept: [404, 410] });
  answer.body.destroy();
  return answer;
}

/**
 * What a document can be recognised by. A Last-Modified only if the document was a second old or more when it was sent: before
 * that another one may follow under the same (RFC 9110, section 8.8.2.2).
 */
function chooseValidators({ validators, headers }: ResponseHead): Validators {
  const { etag, lastModified } = validators;
  if (etag !== undefined && etag.length <= longestEtag) return { etag };
  const ageMs = Date.parse(headers['date'] ?? '') - Date.parse(lastModified ?? '');
  return lastModified !== undefined && ageMs >= 1000 ? { lastModified } : {};
}
