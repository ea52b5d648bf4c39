import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { eventTypes } from '../../core/src/config/event-types.ts';
import { vocabulary } from '../../core/src/events/vocabulary.ts';
import { openWorkplace, type Workplace } from '../support/sluice.ts';

const page = await readFile(join(import.meta.dirname, '../../docs/events.md'), 'utf8');

let place: Workplace | undefined;
afterEach(() => place?.remove());

it('docs/events.md shows a configuration that is valid', async () => {
  const [, yaml = ''] = /^```yaml\n(.*?)^```/ms.exec(page) ?? [];
  const secrets = { SINK_SECRET: 'a-secret', SINK_TOKEN: 'a-token', MAIL_PASSWORD: 'a-password' };
  place = await openWorkplace({ ...secrets, SLACK_URL: 'https://hooks.slack.example.com/services/T/B/X' });
  for (const file of ['client.pem', 'client.key']) await writeFile(join(place.directory, file), 'PEM');
  await place.configure(yaml);
  expect(await place.sluice('validate')).toMatchObject({ code: 0, stderr: '' });
});

it.each(eventTypes)('docs/events.md knows what %s is called outside', (type) => {
  expect(page).toContain(`\n| \`${type}\` | \`${vocabulary[type].type}\` |`);
});
