import { createHash } from 'node:crypto';
import type { BrowserContextOptions } from 'playwright-core';
import { crowd, longRepository, longVersion } from './crowd.ts';
import { type ScriptedRegistry, startScriptedRegistry } from './scripted-registry.ts';
import { openWorkplace, type Server, type Workplace } from './sluice.ts';
import { pollNow } from './story.ts';
import { until } from './until.ts';

/** What a repository that means harm writes into every field that it controls. */
export const markup = '<img src=x onerror="document.title=1"><script>document.title=2</script>';

/** A server with something of everything to show, and what drives it. */
export interface Showcase {
  readonly place: Workplace;
  readonly server: Server;
  /** Of the repository `npmjs`. */
  readonly registry: ScriptedRegistry;
  /** Of the repository `partner`, which fails. */
  readonly partner: ScriptedRegistry;
  /** Lets the job end that waits in `web`. */
  release(): Promise<void>;
  end(): Promise<void>;
}

/** What a showcase is to have beside what it always has. */
export interface ShowcaseOptions {
  /** What is in every text of a release. */
  readonly harm?: string;
  /** Whether people have to sign in; {@link signIn} does it as somebody who may do everything. */
  readonly signsIn?: boolean;
  /** Whether very much waits and is wrong, under long names and in many scripts. */
  readonly isCrowded?: boolean;
}

/** Starts a server and lets it live through publications, until there is something of everything to show. */
export async function openShowcase({
  harm = markup,
  signsIn = false,
  isCrowded = false,
}: ShowcaseOptions = {}): Promise<Showcase> {
  const [registry, partner] = [await startScriptedRegistry(), await startScriptedRegistry()];
  const place = await openWorkplace();
  const plain = describeShowcase(registry, partner);
  await place.configure(`${signsIn ? describeAdmin() : ''}${isCrowded ? crowd(plain, partner.url) : plain}`);
  const server = askAsAdmin(await place.serve());
  for (const version of ['1.0.0', '1.0.1', '1.1.0', '2.0.0-rc.1', '2.0.0']) {
    registry.publish(version, {
      ...describeRelease(version, harm),
      ...(version === '1.0.1' && { deprecated: `use 1.1.0 ${harm}` }),
    });
    await pollNow(server);
    await untilRun(server, 'storefront', ['running', 'passed', 'failed']);
    await untilRun(server, 'image', ['passed']);
    if (version === '1.1.0') registry.republish('1.0.0');
  }
  if (isCrowded) registry.publish(longVersion, describeRelease('2.0.1', harm));
  if (isCrowded) await pollNow(server);
  partner.publish('1.0.0');
  await pollNow(server, 'partner');
  partner.spoil(() => ({ status: 401 }));
  for (const repository of ['partner', ...(isCrowded ? [longRepository] : [])])
    await pollNow(server, repository);
  await untilRun(server, 'rollout', ['failed']);
  await untilRun(server, 'release', ['waiting']);
  return {
    place,
    server,
    registry,
    partner,
    release: () => place.write('released'),
    async end() {
      await place.write('released');
      await place.remove();
      await Promise.all([registry.close(), partner.close()]);
    },
  };
}

const admin = 'mara';

/** What somebody signs in with who may do everything. */
export const tokenOfAdmin = `slc_${admin}-example`;

/** What a browser brings that has signed in as somebody who may do everything. */
export function signIn(server: Server): BrowserContextOptions {
  const { hostname } = new URL(server.url);
  const cookie = { name: 'sluice-session', value: tokenOfAdmin, domain: hostname, path: '/', expires: -1 };
  return {
    storageState: {
      cookies: [{ ...cookie, httpOnly: true, secure: false, sameSite: 'Strict' }],
      origins: [],
    },
  };
}

function describeAdmin(): string {
  const hash = createHash('sha256').update(tokenOfAdmin).digest('hex');
  return `access: { tokens: { ${admin}: { sha256: [${hash}], roles: [admin] } } }\n`;
}

/** The same server, asked with a token. */
function askAsAdmin(server: Server): Server {
  const headers = { authorization: `Bearer ${tokenOfAdmin}`, 'content-type': 'application/json' };
  return {
    ...server,
    async get(path) {
      const answer = await fetch(server.url + path, { headers });
      if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
    async post(path, body = {}) {
      const answer = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
      return { status: answer.status, body: await answer.json() };
    },
  };
}

function describeRelease(version: string, harm: string): Readonly<Record<string, unknown>> {
  return {
    description: `Release ${version} ${harm}`,
    _npmUser: { name: `release-bot ${harm}` },
    repository: { url: 'https://git.example.com/web/watched.git' },
    homepage: `javascript:alert('${version}')`,
  };
}

async function untilRun(server: Server, pipeline: string, statuses: readonly string[]): Promise<void> {
  await until(
    async () => {
      const { lastRun } = (await server.get(`/api/v1/pipelines/${pipeline}`)) as {
        lastRun: { status: string } | null;
      };
      return lastRun !== null && statuses.includes(lastRun.status);
    },
    { describe: () => `${pipeline} ${statuses.join(' or ')}; the server said:\n${server.output()}` },
  );
}

const colours = String.raw`printf '\033[1m== unit ==\033[0m\n\033[32m✓ 214 passed\033[0m, \033[33m3 slow\033[0m\n'`;

function describeShowcase(registry: ScriptedRegistry, partner: ScriptedRegistry): string {
  const stage = (name: string, command: string) => `
      - { name: ${name}, jobs: { ${name}: { run: ${JSON.stringify(command)} } } }`;
  const pipeline = (name: string, group: string, trigger: string, stages: string) => `
  ${name}:
    ${group === '' ? 'environment: { TARGET: staging }' : `group: ${group}`}
    label: "\${COUNT}-\${npmjs_watched}"
    materials: [{ package: npmjs/watched, trigger: ${trigger} }]
    stages:${stages}`;
  return `
server: { port: 0 }
repositories:
  npmjs:
    plugin: npm
    config: { url: "${registry.url}", token: a-token-in-the-file }
    poll: { every: 1h }
    packages:
      watched: { config: { name: watched, versions: ">=0", prereleases: true } }
  partner:
    plugin: npm
    config: { url: "${partner.url}" }
    poll: { every: 30m }
    packages:
      parts: { config: { name: watched } }
pipelines:${pipeline(
    'storefront',
    'web',
    'latest',
    stage('unit', colours) +
      stage('acceptance', 'echo "smoke test of $GO_PACKAGE_NPMJS_WATCHED_LABEL"') +
      stage(
        'performance',
        'case $GO_PACKAGE_NPMJS_WATCHED_LABEL in 2.0.0) until test -e "$HOME/released"; do sleep 0.1; done;; esac',
      ) +
      stage('production', 'echo deployed'),
  )}${pipeline('image', 'web', 'every', stage('build', 'echo built') + stage('scan', 'echo clean'))}${pipeline(
    'rollout',
    'operations',
    'latest',
    stage('canary', 'echo fine') +
      stage('everywhere', 'echo "cannot reach host 7" >&2; exit 3') +
      stage('verify', 'true'),
  )}${pipeline('by-hand', '', 'manual', stage('only', 'true'))}
  release:
    group: web
    label: "\${image}"
    materials: [{ pipeline: image }]
    stages:
      - { name: production, approval: { type: manual, expires: 7d }, jobs: { roll-out: { run: 'echo released' } } }
`;
}
