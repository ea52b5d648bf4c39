import { defaults } from '../defaults.ts';
import { duration, exactlyOne, list, mapping, name, otherwise, type Schema, text, webUrl } from './terms.ts';

const secret: Schema = { ...text, writeOnly: true };
const line: Schema = {
  type: 'string',
  pattern: '^[^\\u0000-\\u001f\\u007f]+$',
  description: 'text in one line',
};

const address: Schema = {
  type: 'string',
  pattern: '^[^\\u0000-\\u001f\\u007f]*[^\\s@]@[^\\s@]+$',
  description: 'an e-mail address, such as ops@example.com or Operations <ops@example.com>',
};

const http = mapping(
  {
    url: webUrl,
    secret,
    headers: {
      type: 'object',
      propertyNames: {
        type: 'string',
        pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$",
        description: 'a name of an HTTP header',
      },
      additionalProperties: { ...line, writeOnly: true },
    },
    clientCert: text,
    clientKey: text,
  },
  { required: ['url'] },
);

const slack = mapping({ url: { ...webUrl, writeOnly: true } }, { required: ['url'] });

const email = mapping(
  {
    server: {
      type: 'string',
      pattern: '^smtps?://[^\\s/]+(/\\S*)?$',
      description: 'a mail server: smtp://USER:PASSWORD@HOST:PORT or smtps://...',
      writeOnly: true,
    },
    from: address,
    to: list(address, { minItems: 1, uniqueItems: true }),
    subject: line,
  },
  { required: ['server', 'from', 'to'] },
);

const only: Schema = list(
  {
    type: 'string',
    pattern: '^(\\*|[a-z]+\\.(\\*|[a-z]+))$',
    description: 'a pattern of event types, such as "pipelinerun.finished", "artifact.*" or "*"',
  },
  { minItems: 1, uniqueItems: true },
);

/** An entry of `events:`. */
export const sinkSchema: Schema = mapping(
  {
    name,
    http,
    slack,
    email,
    only: otherwise(only, defaults.events.only),
    template: text,
    retry: mapping({
      first: otherwise(duration, defaults.events.retry.first),
      max: otherwise(duration, defaults.events.retry.max),
      giveUp: otherwise(duration, defaults.events.retry.giveUp),
    }),
  },
  exactlyOne('http', 'slack', 'email'),
);
