import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { beginReadsStory, describeReadsStory, type ReadsStory } from '../support/reads-story.ts';
import { describeStores } from '../support/stores.ts';
import { pollNow, settle } from '../support/story.ts';

describeStores('a backtest', (newPlace) => {
  let story: ReadsStory;
  let removeStore: () => Promise<void>;
  beforeAll(async () => {
    const { url, remove } = await newPlace();
    removeStore = remove;
    story = await beginReadsStory(url);
    await story.publish('shop', '1.0.0');
    await story.publish('out', '1.0.0');
    await story.publish('shop', '1.1.0');
    // Two versions between two polls.
    story.shop.publish('1.2.0');
    await story.publish('shop', '1.3.0');
    await story.server.post('/api/v1/pipelines/deploy/runs', {
      materials: { 'out/it': '1.0.0' },
      poll: false,
    });
    await story.server.post('/api/v1/pipelines/acceptance/runs', { materials: { build: 1 }, poll: false });
    await settle(story.server);
  });
  afterAll(async () => {
    await story?.end();
    await removeStore?.();
  });

  /** Runs the backtest of a changed configuration, and answers its lines. */
  async function backtest(change: (yaml: string) => string, ...more: readonly string[]) {
    const yaml = describeReadsStory(story.shop.url, story.out.url, {});
    await writeFile(join(story.place.directory, 'new.yaml'), change(yaml));
    const { code, stdout, stderr } = await story.place.sluice(
      'backtest',
      '-c',
      'new.yaml',
      '--server',
      story.server.url,
      ...more,
    );
    return { code, lines: stdout.trimEnd().split('\n'), stdout, stderr };
  }

  it('of the same configuration finds the same runs', async () => {
    expect(await backtest((yaml) => yaml)).toMatchObject({
      code: 0,
      lines: ['the same runs would have been started'],
      stderr: '',
    });
  });

  it('shows the runs of a pipeline that is new, and of one that is gone', async () => {
    const { code, lines } = await backtest((yaml) =>
      yaml
        .replace(/ {2}acceptance:.*?(?= {2}deploy:)/s, '')
        .concat(
          "  scan:\n    materials: [{ package: shop/it, trigger: every }]\n    stages: [{ name: scan, jobs: { it: { run: 'true' } } }]\n",
        ),
    );
    expect(code).toBe(0);
    expect(lines.toSorted()).toEqual([
      '+ scan shop/it 1.0.0',
      '+ scan shop/it 1.1.0',
      '+ scan shop/it 1.2.0',
      '+ scan shop/it 1.3.0',
      '- acceptance shop/it 1.0.0',
      '- acceptance shop/it 1.2.0',
      '- acceptance shop/it 1.3.0',
    ]);
  });

  it('goes by the stage that a pipeline listens to, and by how the stages ended', async () => {
    const { lines } = await backtest((yaml) =>
      yaml.replace('{ pipeline: build,', '{ pipeline: build, stage: compile,'),
    );
    expect(lines).toEqual(['+ acceptance shop/it 1.1.0']);
  });

  it('shows what latest would have passed by', async () => {
    const { lines } = await backtest((yaml) =>
      yaml.replace('{ package: shop/it, trigger: every', '{ package: shop/it, trigger: latest'),
    );
    expect(lines.toSorted()).toEqual(['- acceptance shop/it 1.2.0', '- build shop/it 1.2.0']);
  });

  it('starts again what people started with a run of another pipeline, and what follows from that', async () => {
    const { lines } = await backtest((yaml) =>
      yaml
        .replace(/\{ pipeline: build, trigger: \w+/, '{ pipeline: build, trigger: manual')
        .concat(
          "  next:\n    materials: [{ pipeline: acceptance, stage: smoke }]\n    stages: [{ name: next, jobs: { it: { run: 'true' } } }]\n",
        ),
    );
    expect(lines.filter((line) => line.startsWith('+'))).toEqual(['+ next shop/it 1.0.0']);
  });

  it('is a JSON document for programs', async () => {
    const { code, stdout } = await backtest(
      (yaml) => yaml.replace('{ pipeline: build,', '{ pipeline: build, stage: compile,'),
      '--json',
    );
    expect({ code, document: JSON.parse(stdout) }).toMatchObject({
      code: 0,
      document: {
        runs: [{ sign: '+', pipeline: 'acceptance', packages: 'shop/it 1.1.0', at: expect.any(String) }],
        notes: [],
      },
    });
  });

  it('looks only as far back as it is told', async () => {
    await pollNow(story.server, 'shop');
    const { lines } = await backtest(
      (yaml) => yaml.replace('{ pipeline: build,', '{ pipeline: build, stage: compile,'),
      '--since',
      '1ms',
    );
    expect(lines).toEqual(['the same runs would have been started']);
  });

  it('refuses a configuration that is not valid, and says which package nothing is known of', async () => {
    expect(await backtest((yaml) => yaml.replace('pipeline: build,', 'pipeline: no,'))).toMatchObject({
      code: 1,
      stdout: '',
    });
    const { code, stderr } = await backtest((yaml) =>
      yaml.replace('packages: { it:', 'packages: { other: { config: { name: other } }, it:'),
    );
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'note: the server does not watch shop/other: nothing is known of it\n',
    });
  });
});
