import { expect, it } from 'vitest';
import { makePipeline } from '../../engine/configs.ts';
import { openHouse } from '../house.ts';

const loaded = { type: 'configuration.loaded', subject: 'configuration', data: {} } as const;
const one = new Map([['one', makePipeline('one')]]);
const two = new Map([...one, ['two', makePipeline('two')]]);

/** Asks as an open page does, from where it was last. */
async function openConfiguration() {
  const house = await openHouse({ pipelines: one });
  const page = await (await house.ask('/configuration')).text();
  let place = /data-path="\/live\/configuration" data-place="([^"]*)"/.exec(page)?.[1] ?? 'none';
  const ask = async () => {
    const answer = await house.ask(`/live/configuration?place=${place}`);
    place = answer.headers.get('sluice-place') ?? 'none';
    return { changes: await answer.text(), place };
  };
  return { house, ask };
}

it('an open page is told nothing where nothing has happened that concerns it', async () => {
  const { house, ask } = await openConfiguration();
  expect(await ask()).toEqual({ changes: '', place: '0' });
  await house.tell({ type: 'artifact.published', subject: 'npmjs/a', data: {} });
  expect(await ask()).toEqual({ changes: '', place: '1' });
});

it('an open page is told what it shows, and from then on only what has changed of it', async () => {
  const { house, ask } = await openConfiguration();
  await house.tell(loaded);
  expect((await ask()).changes).toMatch(
    /<header hx-swap-oob="morph" .*<section hx-swap-oob="morph" id="pipelines"/s,
  );
  house.reconfigure({ pipelines: two });
  await house.tell(loaded);
  const { changes, place } = await ask();
  expect(changes).toMatch(/<section hx-swap-oob="morph" id="pipelines".*<summary>two /s);
  expect(changes).not.toContain('id="repositories"');
  await house.tell(loaded);
  const { changes: none, place: next } = await ask();
  expect(none).toBe('');
  expect(next).toBe(place.replace(/^2/, '3'));
});

it('a page whose place nobody knows any more is told all that it shows', async () => {
  const { house, ask } = await openConfiguration();
  await house.tell(loaded);
  await ask();
  await house.tell(loaded);
  const all = await (await house.ask(`/live/configuration?place=1.${'x'.repeat(22)}`)).text();
  expect(all).toContain('id="repositories"');
});

it('a page that lags far behind is told what it shows by now', async () => {
  const { house, ask } = await openConfiguration();
  for (let count = 0; count < 150; count++)
    await house.tell({ type: 'artifact.published', subject: 'npmjs/a', data: {} });
  const { changes, place } = await ask();
  expect(changes).toContain('id="pipelines"');
  expect(place).toMatch(/^150\./);
});

it('a browser is told that something happened, and no more', async () => {
  const { house } = await openConfiguration();
  const answer = await house.ask('/live');
  expect(answer.headers.get('x-accel-buffering')).toBe('no');
  await house.tell({ type: 'artifact.published', subject: 'npmjs/secret', data: { version: '1.0.0' } });
  let told = '';
  for await (const chunk of answer.body ?? []) {
    told += Buffer.from(chunk);
    if (told.includes('data:')) break;
  }
  expect(told).toBe('retry: 2000\n\nevent: news\ndata: 1\n\n');
});
