import { isReservedName } from '../environment-names.ts';
import type { Finding, Path } from '../problem.ts';
import type { Incomplete, RawJob } from '../raw-config.ts';
import { checkReadable } from './files.ts';
import { atKey, atValue, entriesOf, itemsOf, type Rule } from './rule.ts';

type Job = Incomplete<RawJob>;

const ofCommands = ['cwd', 'shell', 'user', 'passEnvironment', 'outputLimit'] as const;

/** What stands together in a job belongs together. */
export const checkJobs: Rule = function* ({ config, directory }) {
  for (const [pipeline, { stages }] of entriesOf(config.pipelines)) {
    for (const [stage, { jobs }] of itemsOf(stages)) {
      for (const [name, job] of entriesOf(jobs)) {
        yield* checkJob(['pipelines', pipeline, 'stages', stage, 'jobs', name], job, directory);
      }
    }
  }
};

function* checkJob(at: Path, job: Job, directory: string): Generator<Finding> {
  if (job.run === undefined) {
    for (const key of ofCommands) {
      if (job[key] !== undefined)
        yield atKey([...at, key], `"${key}" belongs to jobs that run a command; remove it`);
    }
  }
  for (const [index, variable] of itemsOf(job.passEnvironment)) {
    if (isReservedName(variable))
      yield atValue(
        [...at, 'passEnvironment', index],
        `"${variable}" can be set by nobody but Sluice; remove it`,
      );
  }
  yield* checkWebhook([...at, 'webhook'], job.webhook, directory);
  yield* checkGithub([...at, 'github'], job.github);
}

function* checkWebhook(at: Path, webhook: Job['webhook'], directory: string): Generator<Finding> {
  if (!webhook) return;
  for (const key of ['clientCert', 'clientKey', 'ca'] as const)
    yield* checkReadable([...at, key], webhook[key], directory);
  if ((webhook.clientCert === undefined) !== (webhook.clientKey === undefined)) {
    yield atValue(at, 'webhook: clientCert and clientKey are needed together');
  }
}

function* checkGithub(at: Path, github: Job['github']): Generator<Finding> {
  if (!github) return;
  if ((github.ref === undefined) === (github.event === undefined))
    yield atValue(
      at,
      'github: needs "ref" (workflow_dispatch) or "event" (repository_dispatch), and not both',
    );
  if ((github.token === undefined) === (github.app === undefined))
    yield atValue(at, 'github: needs "token" or "app", and not both');
}
