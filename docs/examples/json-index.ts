import { definePackagePlugin, eachPackage, field, PluginError } from '@sluice/plugin-sdk';

interface Entry {
  readonly url: string;
  readonly sha256: string;
}

/** Watches `NAME.json` files on a web server: `{ "1.10.0": { "url": "...", "sha256": "..." } }`. */
export default definePackagePlugin({
  id: 'json-index',
  title: 'JSON index',
  repository: {
    url: field.url('Where the index files are'),
    token: field.optional(field.secret('Access token')),
  },
  package: { name: field.text('Package name', { pattern: /^[a-z0-9-]+$/ }) },

  compare: (a, b) => a.localeCompare(b, 'en', { numeric: true }),

  open({ url, token }) {
    const base = url.endsWith('/') ? url : `${url}/`;
    return {
      async check({ http }) {
        await (token ? http.withCredentials(base, { bearer: token }) : http).request(base);
      },
      poll: eachPackage(async ({ config, cursor }, call) => {
        const http = token ? call.http.withCredentials(base, { bearer: token }) : call.http;
        const answer = await http.request(`${base}${config.name}.json`, {
          validators: cursor ? { etag: cursor } : {},
        });
        if (answer.notModified) return { unchanged: true };
        const revisions = Object.entries(readIndex(answer.json())).map(([version, entry]) => ({
          version,
          location: new URL(entry.url, base).href,
          digests: { sha256: entry.sha256 },
        }));
        return { revisions, ...(answer.validators.etag && { cursor: answer.validators.etag }) };
      }),
    };
  },
});

function readIndex(index: unknown): Record<string, Entry> {
  if (typeof index === 'object' && index !== null && !Array.isArray(index))
    return index as Record<string, Entry>;
  throw new PluginError('MALFORMED', 'The index is not an object of versions');
}
