import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventTypes } from '../../src/config/event-types.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { load, optionsWith, problemsOf, writeFiles } from './load.ts';

const retry = { firstMs: 5_000, maxMs: 3_600_000, giveUpMs: 259_200_000 };
const everything = { only: ['*'], types: eventTypes, retry };

describe('events', () => {
  test('may go to nobody', async () => {
    expect((await load('{}')).events).toEqual([]);
  });

  test('go to sinks that need little', async () => {
    const { events } = await load(`events:
  - http: { url: "https://hooks.example.com/" }
  - slack: { url: "\${env:SHELF}" }
  - http: { url: "https://other.example.com/" }
  - email: { server: "smtp://mail.example.com", from: sluice@example.com, to: [ops@example.com] }
`);
    const http = {
      ...everything,
      kind: 'http',
      secret: undefined,
      headers: {},
      clientCert: undefined,
      clientKey: undefined,
    };
    expect(events).toEqual([
      { ...http, name: 'http-1', url: 'https://hooks.example.com/' },
      { ...everything, kind: 'slack', name: 'slack-1', url: '${env:SHELF}', template: undefined },
      { ...http, name: 'http-2', url: 'https://other.example.com/' },
      {
        ...everything,
        kind: 'email',
        name: 'email-1',
        server: 'smtp://mail.example.com',
        from: 'sluice@example.com',
        to: ['ops@example.com'],
        subject: undefined,
        template: undefined,
      },
    ]);
  });

  test('go to sinks that say everything', async () => {
    const directory = await writeFiles({
      'cert.pem': 'c',
      'key.pem': 'k',
      'sluice.yaml': `events:
  - name: audit
    http:
      url: "https://hooks.example.com/"
      secret: "\${env:TOKEN}"
      headers: { Authorization: "Bearer \${env:TOKEN}" }
      clientCert: cert.pem
      clientKey: key.pem
    only: ["artifact.*", pipelinerun.finished]
    retry: { first: 1s, max: 1m, giveUp: 1h }
  - name: people
    email:
      server: "smtps://sluice:\${env:TOKEN}@mail.example.com:465"
      from: Sluice <sluice@example.com>
      to: ["Ops <ops@example.com>"]
      subject: "{{text}}"
    template: "{{ data.version }} {{link}}"
    only: [stage.waiting]
`,
    });
    const { events } = await loadConfig(join(directory, 'sluice.yaml'), optionsWith());
    expect(events).toMatchObject([
      {
        name: 'audit',
        secret: '${env:TOKEN}',
        headers: { Authorization: 'Bearer ${env:TOKEN}' },
        clientCert: join(directory, 'cert.pem'),
        clientKey: join(directory, 'key.pem'),
        types: ['artifact.published', 'artifact.republished', 'artifact.withdrawn', 'pipelinerun.finished'],
        retry: { firstMs: 1_000, maxMs: 60_000, giveUpMs: 3_600_000 },
      },
      {
        name: 'people',
        subject: '{{text}}',
        template: '{{ data.version }} {{link}}',
        types: ['stage.waiting'],
      },
    ]);
  });

  test('report every mistake with its place, and no secret', async () => {
    const problems = await problemsOf(`events:
  - http: { url: ftp://x/, headers: { Webhook-Id: a, "b c": d }, clientCert: missing.pem }
    template: x
  - slack: { url: hunter2 }
    only: [artifact.publishd, "repositry.*", "Run!"]
    template: "{{txt}} {{data.version}} {{data.}}"
  - name: slack-1
    email: { server: "http://root:hunter2@mail/", from: nobody, to: [], subject: "{{no}}" }
    retry: { first: 2h, max: 1h, giveUp: 1h }
  - name: web
  - slack: { url: "https://x/" }
    http: { url: "https://x/", secrt: hunter2 }
`);
    expect(problems).toEqual([
      '2:11: http: clientCert and clientKey are needed together',
      '2:18: url: "ftp://x/" is not an http or https URL without user name',
      '2:39: "Webhook-Id" is set by Sluice itself; remove it',
      '2:54: headers: "b c" is not a name of an HTTP header',
      expect.stringMatching(/^2:78: "missing\.pem" cannot be read/),
      '3:5: an http sink gets CloudEvents as they are; remove "template"',
      '4:19: url: this is not an http or https URL without user name',
      '5:12: no event is of the type "artifact.publishd"; did you mean "artifact.published"?',
      expect.stringMatching(/^5:31: no event is of the type "repositry\.\*"; /),
      '5:46: only[2]: "Run!" is not a pattern of event types, such as "pipelinerun.finished", "artifact.*" or "*"',
      '6:15: {{data.}} is unknown; there are text, type, subject, time, id, link and data.KEY',
      '6:15: {{txt}} is unknown; there are text, type, subject, time, id, link and data.KEY',
      '7:11: another sink is called "slack-1" already; give this one another name',
      '8:22: server: this is not a mail server: smtp://USER:PASSWORD@HOST:PORT or smtps://...',
      '8:57: from: "nobody" is not an e-mail address, such as ops@example.com or Operations <ops@example.com>',
      '8:69: to: needs at least 1',
      '8:82: {{no}} is unknown; there are text, type, subject, time, id, link and data.KEY',
      '9:30: max: "1h" is shorter than first, "2h"',
      '9:42: giveUp: "1h" is shorter than first, "2h"',
      '10:5: events[3]: needs exactly one of http, slack, email',
      '11:5: events[4]: needs exactly one of http, slack, email',
      '12:32: http: unknown key "secrt"; did you mean "secret"?',
    ]);
    expect(problems.join('\n')).not.toContain('hunter2');
  });
});
