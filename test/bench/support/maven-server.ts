import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * A Maven repository that costs next to nothing, in a process of its own: any artifact that is asked for is
 * there.
 */
export interface BenchMavenServer {
  readonly url: string;
  /** Deploys one more version of every artifact. */
  advance(): Promise<void>;
  /** How many requests there were since this was asked last. */
  countRequests(): Promise<number>;
  close(): void;
}

/** Starts a repository whose artifacts have 12 versions to begin with; those called `large` have 3,000. */
export async function startMavenServer(): Promise<BenchMavenServer> {
  const child = fork(import.meta.filename);
  const url = await hear(child);
  const ask = async (question: string) => {
    child.send(question);
    return hear(child);
  };
  return {
    url,
    advance: async () => void (await ask('advance')),
    countRequests: async () => Number(await ask('count')),
    close: () => void child.kill(),
  };
}

async function hear(child: ChildProcess): Promise<string> {
  const [message] = await once(child, 'message');
  return String(message);
}

const ordinary = 12;
const large = 3_000;
const pom = '<project><name>Bench</name><url>https://bench.example/</url></project>';
const modified = 'Thu, 01 Jan 2026 12:00:00 GMT';

function serve(): void {
  let published = 0;
  let requests = 0;
  const documents = new Map<string, string>();
  const find = (artifact: string) => {
    const known = documents.get(artifact);
    if (known !== undefined) return known;
    const made = writeMetadata(artifact, (artifact === 'large' ? large : ordinary) + published);
    documents.set(artifact, made);
    return made;
  };
  const server = createServer({ keepAliveTimeout: 300_000 }, ({ url = '', method, headers }, response) => {
    requests++;
    const etag = `"${published}"`;
    if (headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
    const body = findBody(url, find);
    if (body === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { etag, 'last-modified': modified, 'content-length': Buffer.byteLength(body) });
    response.end(method === 'HEAD' ? undefined : body);
  });
  process.on('message', (question) => {
    if (question === 'advance') {
      published++;
      documents.clear();
    }
    process.send?.(String(requests));
    requests = 0;
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address !== null && typeof address === 'object') process.send?.(`http://127.0.0.1:${address.port}`);
  });
}

/** As Maven 3 deploys: checksums are SHA-1 and MD5, of which the first is served here. */
function findBody(url: string, find: (artifact: string) => string): string | undefined {
  if (url.endsWith('.sha1'))
    return createHash('sha1')
      .update(findBody(url.slice(0, -'.sha1'.length), find) ?? '')
      .digest('hex');
  if (url.endsWith('.jar')) return url;
  if (url.endsWith('.pom')) return pom;
  const artifact = /^\/bench\/([^/]+)\/maven-metadata\.xml$/.exec(url)?.[1];
  return artifact === undefined ? undefined : find(artifact);
}

function writeMetadata(artifact: string, count: number): string {
  const versions = Array.from(
    { length: count },
    (_, index) => `      <version>1.${index >> 3}.${index & 7}</version>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<metadata>
  <groupId>bench</groupId>
  <artifactId>${artifact}</artifactId>
  <versioning>
    <release>1.0.0</release>
    <versions>
${versions.join('')}    </versions>
    <lastUpdated>20260101120000</lastUpdated>
  </versioning>
</metadata>
`;
}

if (import.meta.main) serve();
