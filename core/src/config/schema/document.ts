import { defaults } from '../defaults.ts';
import { accessSchema } from './access.ts';
import { sinkSchema } from './events.ts';
import { pipelineSchema } from './pipeline.ts';
import { repositorySchema } from './repository.ts';
import { duration, list, mapping, name, named, otherwise, type Schema, size, text, webUrl } from './terms.ts';

/** The sections of sluice.yaml, in the order in which people write them; what plugins decide is left open. */
export const sections = {
  include: list(text),
  server: mapping({
    host: otherwise(text, defaults.server.host),
    port: otherwise({ type: 'integer', minimum: 0, maximum: 65535 }, defaults.server.port),
    url: webUrl,
    trustProxy: otherwise({ type: 'boolean' }, defaults.server.trustProxy),
  }),
  store: {
    type: 'string',
    pattern: '^(sqlite:.+|postgres(ql)?://.+)$',
    description: 'a store: sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE',
    default: defaults.store,
  },
  timezone: otherwise(text, defaults.timezone),
  plugins: list(text, { uniqueItems: true }),
  pluginLimits: mapping({
    silence: otherwise(duration, defaults.pluginLimits.silence),
    total: otherwise(duration, defaults.pluginLimits.total),
    memory: otherwise(size, defaults.pluginLimits.memory),
  }),
  http: mapping({
    proxy: { type: 'string', pattern: '^https?://\\S+$', description: 'a proxy: an http or https URL' },
    noProxy: list(text),
    ca: text,
    concurrencyPerHost: otherwise(
      { type: 'integer', minimum: 1, maximum: 1000 },
      defaults.http.concurrencyPerHost,
    ),
  }),
  retention: mapping({
    logs: otherwise(duration, defaults.retention.logs),
    polls: otherwise(duration, defaults.retention.polls),
    decisions: otherwise(duration, defaults.retention.decisions),
    runs: otherwise({ type: 'integer', minimum: 1 }, defaults.retention.runs),
  }),
  minFree: otherwise(size, defaults.minFree),
  access: accessSchema,
  events: list(sinkSchema),
  targets: mapping({ allowPrivate: otherwise({ type: 'boolean' }, defaults.targets.allowPrivate) }),
  repositories: named(repositorySchema),
  levels: list(name, { uniqueItems: true }),
  pipelines: named(pipelineSchema),
} as const satisfies Record<string, Schema>;

/** The whole of sluice.yaml. */
export const documentSchema: Schema = mapping(sections);
