import { defaults } from '../defaults.ts';
import {
  duration,
  exactlyOne,
  list,
  mapping,
  name,
  named,
  otherwise,
  type Schema,
  text,
  webUrl,
} from './terms.ts';

const poll = mapping(
  { every: duration, cron: text, manual: { type: 'boolean', enum: [true] } },
  { ...exactlyOne('every', 'cron', 'manual'), default: defaults.poll },
);

/** An entry of `packages:`; its `config` is the plugin's business. */
export const packageSchema: Schema = mapping(
  {
    config: { type: 'object' },
    first: otherwise({ type: 'string', enum: ['latest', 'none'] }, defaults.first),
    accept: list({ type: 'string', enum: ['deprecated', 'yanked'] }, { uniqueItems: true }),
  },
  { required: ['config'] },
);

/** An entry of `repositories:`; its `config` is the plugin's business. */
export const repositorySchema: Schema = mapping(
  {
    plugin: text,
    config: { type: 'object' },
    poll,
    hook: mapping({ secret: text }, { required: ['secret'] }),
    http: mapping({ clientCert: text, clientKey: text, trust: list(webUrl, { uniqueItems: true }) }),
    formerly: list(name, { uniqueItems: true }),
    packages: named(packageSchema),
  },
  { required: ['plugin'] },
);
