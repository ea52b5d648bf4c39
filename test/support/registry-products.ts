import type { ScriptedAnswer } from '@sluice/plugin-sdk/testing';

/** How a product that serves packages answers what is no package of its own. */
export interface RegistryProduct {
  /** Fit for a name in sluice.yaml. */
  readonly name: string;
  /** Where the repository is below its server, with a slash at the end. */
  readonly path: string;
  /** At the repository's own address. */
  readonly root: ScriptedAnswer;
  /** About a package that is not there. */
  readonly missing: ScriptedAnswer;
  /** What Sluice makes of the latter. */
  readonly missingCode: 'NOT_FOUND' | 'FORBIDDEN' | 'UNAUTHORIZED';
}

/** A product that serves npm packages. */
export interface NpmProduct extends RegistryProduct {
  /** To `npm ping`. */
  readonly ping: ScriptedAnswer;
}

/** A product that serves Maven artifacts. */
export interface MavenProduct extends RegistryProduct {
  /** The kinds of checksum files that are there. */
  readonly checksums: readonly string[];
  /** About any other kind. */
  readonly noChecksum: ScriptedAnswer;
}

const json = (status: number, body: object): ScriptedAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const page = (status: number, title: string): ScriptedAnswer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<!DOCTYPE html>\n<html><head><title>${title}</title></head></html>`,
});
const denied: ScriptedAnswer = {
  status: 403,
  headers: { 'content-type': 'application/xml' },
  body: '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
};
const login: ScriptedAnswer = { status: 401, headers: { 'www-authenticate': 'Basic realm="packages"' } };
const nothing: ScriptedAnswer = { status: 404 };
const notFound = { missing: json(404, { error: 'Not found' }), missingCode: 'NOT_FOUND' } as const;
const secret = { missing: login, missingCode: 'UNAUTHORIZED' } as const;
const hidden = { missing: denied, missingCode: 'FORBIDDEN' } as const;

/**
 * Products that serve npm packages. The answer to a ping is what was reported of each: npmjs 200 without a
 * body; GitHub npm/cli#4751; GitLab release-it/release-it#592; Azure npm/npm#16733; Nexus 3 npm/npm#15306;
 * Nexus 2 release-it/release-it#496, its root npm/npm#12375; Artifactory 6
 * privatenumber/npm-multi-publish#13. Where nothing was reported, the least helpful answer stands.
 */
export const npmProducts: readonly NpmProduct[] = [
  { name: 'npmjs', path: '/', root: json(200, {}), ping: { body: '' }, ...notFound },
  { name: 'verdaccio', path: '/', root: page(200, 'Verdaccio'), ping: json(200, {}), ...notFound },
  { name: 'github', path: '/', root: nothing, ping: json(404, { error: 'not_found' }), ...notFound },
  { name: 'github-without-token', path: '/', root: login, ping: login, ...secret },
  {
    name: 'gitlab',
    path: '/api/v4/projects/7/packages/npm/',
    root: json(404, { error: '404 Not Found' }),
    ping: json(404, { error: '404 Not Found' }),
    ...notFound,
  },
  { name: 'azure', path: '/acme/_packaging/feed/npm/registry/', root: nothing, ping: nothing, ...notFound },
  {
    name: 'artifactory-6',
    path: '/artifactory/api/npm/npm-local/',
    root: json(200, {}),
    ping: json(500, { errors: [{ status: 500 }] }),
    ...notFound,
  },
  {
    name: 'artifactory-7',
    path: '/artifactory/api/npm/npm-local/',
    root: json(200, {}),
    ping: json(200, {}),
    ...notFound,
  },
  {
    name: 'nexus-2',
    path: '/nexus/content/repositories/npm/',
    root: page(400, '400 - Schema PackageRoot has no registered handler!'),
    ping: page(404, '404 - Not Found'),
    ...notFound,
  },
  {
    name: 'nexus-3',
    path: '/repository/npm-hosted/',
    root: page(400, '400 - Nexus Repository Manager'),
    ping: page(400, '400 - Nexus Repository Manager'),
    ...notFound,
  },
  { name: 'bucket', path: '/npm/', root: denied, ping: denied, ...hidden },
  { name: 'google', path: '/acme/npm/', root: nothing, ping: nothing, ...notFound },
  { name: 'login-at-its-root', path: '/npm/', root: login, ping: login, ...notFound },
];

const gone = { missing: nothing, noChecksum: nothing, missingCode: 'NOT_FOUND' } as const;
const weak = ['sha1', 'md5'];

/**
 * Products that serve Maven artifacts. A bucket that may not be listed: d2iq-archive/chaos#23; Google's
 * answer about a checksum: GoogleCloudPlatform/artifact-registry-maven-tools#87. Where nothing was reported,
 * the least helpful answer stands.
 */
export const mavenProducts: readonly MavenProduct[] = [
  { name: 'github', path: '/acme/widget/', root: nothing, checksums: weak, ...gone },
  {
    name: 'github-without-token',
    path: '/acme/widget/',
    root: login,
    checksums: weak,
    noChecksum: login,
    ...secret,
  },
  { name: 'gitlab', path: '/api/v4/projects/7/packages/maven/', root: nothing, checksums: weak, ...gone },
  {
    name: 'azure',
    path: '/acme/_packaging/feed/maven/v1/',
    root: nothing,
    checksums: ['sha512', 'sha256', 'sha1', 'md5'],
    ...gone,
  },
  {
    name: 'artifactory-6',
    path: '/artifactory/libs-release/',
    root: page(200, 'Index of libs-release/'),
    checksums: weak,
    ...gone,
  },
  {
    name: 'artifactory-7',
    path: '/artifactory/libs-release/',
    root: page(200, 'Index of libs-release/'),
    checksums: ['sha256', ...weak],
    ...gone,
  },
  {
    name: 'nexus-2',
    path: '/nexus/content/repositories/releases/',
    root: page(200, 'Index of /repositories/releases'),
    checksums: weak,
    ...gone,
    missing: page(404, '404 - ItemNotFoundException'),
  },
  {
    name: 'nexus-3',
    path: '/repository/maven-releases/',
    root: page(404, '404 - Nexus Repository Manager'),
    checksums: weak,
    ...gone,
    missing: page(404, '404 - Nexus Repository Manager'),
  },
  { name: 'bucket', path: '/release/', root: denied, checksums: weak, noChecksum: denied, ...hidden },
  {
    name: 'google',
    path: '/acme/maven/',
    root: nothing,
    checksums: [],
    ...gone,
    noChecksum: page(400, 'Error 400 (Bad Request)'),
  },
  { name: 'login-at-its-root', path: '/maven/', root: login, checksums: [], ...gone, noChecksum: login },
  {
    name: 'broken-root',
    path: '/maven/',
    root: page(500, 'Internal Server Error'),
    checksums: weak,
    ...gone,
  },
];
