import type { Server, Workplace } from './sluice.ts';
import { until } from './until.ts';

/** What a story's configuration leaves to the story. */
export interface StoryOptions {
  readonly package: string;
  readonly registry: string;
  readonly store?: string;
  readonly repository?: string;
  readonly formerly?: string;
  /** When to poll, as YAML flow; only on request unless told. */
  readonly poll?: string;
  /** The package's settings beside its name, as YAML flow: `versions: ">=0", prereleases: true`. */
  readonly settings?: string;
  /** More of the package, as YAML flow: `first: none`. */
  readonly more?: string;
}

/**
 * One package that two pipelines listen to: `newest` takes the latest, `each` takes every one, however many
 * come at once. Each job appends a line to `runs`: pipeline, counter, version, digest, location.
 */
export function describeStory(options: StoryOptions): string {
  const {
    registry,
    store = 'sqlite:sluice.db',
    repository = 'npmjs',
    formerly,
    settings = 'versions: ">=0"',
    more = '',
    poll = '{ manual: true }',
  } = options;
  const pipeline = (name: string, trigger: string) => `
  ${name}:
    maxNewRuns: 1000
    materials: [{ package: ${repository}/watched, trigger: ${trigger}, as: IT }]
    stages:
      - name: note
        jobs:
          note:
            run: 'echo "$GO_PIPELINE_NAME $GO_PIPELINE_COUNTER $GO_PACKAGE_IT_LABEL $SLUICE_PACKAGE_IT_DIGEST $GO_PACKAGE_IT_LOCATION" >> "$HOME/runs"'`;
  return `
server: { port: 0 }
store: ${store}
repositories:
  ${repository}:
    plugin: npm
    config: { url: "${registry}", token: "\${env:REGISTRY_TOKEN}" }
    poll: ${poll}
    ${formerly ? `formerly: [${formerly}]` : ''}
    packages:
      watched: { config: { name: ${options.package}, ${settings} }${more ? `, ${more}` : ''} }
pipelines:${pipeline('newest', 'latest')}${pipeline('each', 'every')}
`;
}

/** A line of `runs`. */
export interface NotedRun {
  readonly pipeline: string;
  readonly counter: number;
  readonly version: string;
  readonly digest: string;
  readonly location: string;
}

/** What the jobs wrote, in the order in which they ran. */
export async function readRuns(place: Workplace): Promise<readonly NotedRun[]> {
  const lines = await place.lines('runs');
  return lines.map((line) => {
    const [pipeline = '', counter = '', version = '', digest = '', location = ''] = line.split(' ');
    return { pipeline, counter: Number(counter), version, digest, location };
  });
}

/** Polls a repository now, and waits for the end of that poll. */
export async function pollNow(server: Server, repository = 'npmjs'): Promise<void> {
  const { status, body } = await server.post(`/api/v1/repositories/${repository}/poll`, { wait: true });
  if (status !== 200) throw new Error(`poll of ${repository}: ${status} ${JSON.stringify(body)}`);
}

/** Waits until nothing waits, is due or runs. */
export async function settle(server: Server): Promise<void> {
  await until(
    async () => {
      const text = await (await fetch(`${server.url}/metrics`)).text();
      const depths = [...text.matchAll(/^sluice_queue_depth\{queue="(?:triggers|attempts)"\} (\d+)$/gm)].map(
        ([, depth]) => Number(depth),
      );
      return depths.length === 2 && depths.every((depth) => depth === 0);
    },
    { describe: () => `an idle server; it said:\n${server.output()}` },
  );
}
