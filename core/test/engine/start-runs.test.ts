import { expect, it } from 'vitest';
import { readEvents } from '../../src/store/events.ts';
import { listenTo, makePipeline, makeStage, runJob } from './configs.ts';
import { describeWorlds } from './describe-worlds.ts';
import { failed } from './world.ts';

const every = { materials: [listenTo('a', 'every')] };
const two = { materials: [listenTo('a'), listenTo('b')] };

describeWorlds('starting runs', (open) => {
  it('starts one from the newest of several, and says that the others are superseded by it', async () => {
    const world = await open(makePipeline('p'));
    await world.publish('a', ['1.0.0', '1.0.1', '2.0.0']);
    expect(await world.summary()).toEqual(['1 a@2.0.0 running']);
    expect(await world.outcomes()).toEqual(['1.0.0 superseded', '1.0.1 superseded', '2.0.0 started']);
    const [superseded] = await world.decisions();
    expect(superseded?.reason).toContain('npmjs/a 2.0.0');
  });

  it('pins what jobs are told, names the run by its label, and gives the cause', async () => {
    const world = await open(makePipeline('p'));
    await world.publish('a', ['1.0.0']);
    const [run] = await world.runs();
    expect(run).toMatchObject({
      counter: 1,
      label: '1-1.0.0',
      cause: 'npmjs/a 1.0.0 was published',
      status: 'running',
      materials: [{ package: 'npmjs/a', version: '1.0.0', digest: 'sha256:d1.0.0', changed: true }],
      stages: [
        {
          name: 'build',
          counter: 1,
          status: 'running',
          approval: 'auto',
          jobs: [{ name: 'work', status: 'pending' }],
        },
        { name: 'deploy', counter: 1, status: 'pending', jobs: [{ name: 'work', status: 'pending' }] },
      ],
    });
    const [job] = await world.claim();
    expect(job?.facts.run.pins[0]).toMatchObject({
      revision: { location: 'https://registry.example.com/a-1.0.0.tgz' },
      repositoryConfig: { url: 'https://registry.example.com/' },
      packageConfig: { name: 'a', versions: '^1' },
    });
    expect(JSON.stringify(job?.facts)).not.toContain('TOKEN');
  });

  it('lets "latest" wait while the first stage is busy, and starts once it is free', async () => {
    const world = await open(makePipeline('p'));
    await world.publish('a', ['1.0.0']);
    await world.publish('a', ['1.1.0']);
    await world.publish('a', ['1.2.0']);
    await world.look();
    expect(await world.summary()).toEqual(['1 a@1.0.0 running']);
    expect(await world.outcomes()).toEqual([
      '1.0.0 started',
      '1.1.0 waits',
      '1.1.0 superseded',
      '1.2.0 waits',
    ]);
    expect(await world.work()).toEqual(['p/1/build/work']);
    expect(await world.summary()).toEqual(['1 a@1.0.0 running', '2 a@1.2.0 running']);
  });

  it('starts "every" one after the other in order of rank, and supersedes none', async () => {
    const world = await open(makePipeline('p', every));
    await world.publish('a', ['1.0.0', '1.1.0', '2.0.0']);
    for (let round = 0; round < 4; round++) await world.work();
    expect(await world.summary()).toEqual(['1 a@1.0.0 passed', '2 a@1.1.0 passed', '3 a@2.0.0 passed']);
    expect(await world.outcomes()).toEqual([
      '1.0.0 started',
      '1.1.0 waits',
      '2.0.0 waits',
      '1.1.0 started',
      '2.0.0 started',
    ]);
  });

  it('goes on with the next of "every" after a failure', async () => {
    const world = await open(makePipeline('p', every));
    await world.publish('a', ['1.0.0', '1.1.0']);
    await world.work(failed);
    expect(await world.summary()).toEqual(['1 a@1.0.0 failed', '2 a@1.1.0 running']);
  });

  it('starts nothing before every material has a version, and says what is missing', async () => {
    const world = await open(makePipeline('p', two));
    await world.publish('a', ['1.0.0']);
    await world.publish('a', ['1.1.0']);
    expect(await world.summary()).toEqual([]);
    expect((await world.decisions()).filter(({ outcome }) => outcome === 'waits')[0]?.reason).toContain(
      'npmjs/b',
    );
    await world.publish('b', ['7.0.0'], []);
    expect(await world.summary()).toEqual(['1 a@1.1.0 b@7.0.0 running']);
  });

  it('pins the highest startable of what did not change, and says what changed', async () => {
    const world = await open(makePipeline('p', two));
    await world.publish('b', ['1.0.0', '2.0.0', '3.0.0', '4.0.0'], []);
    await world.amend('b', '4.0.0', { state: 'withdrawn' });
    await world.amend('b', '3.0.0', { facts: { version: '3.0.0', standing: 'deprecated' } });
    await world.publish('a', ['1.0.0']);
    await world.work();
    await world.work();
    await world.publish('a', ['1.1.0']);
    expect(await world.summary()).toEqual(['1 a@1.0.0 b@2.0.0 passed', '2 a@1.1.0 b@2.0.0 running']);
    const changed = (await world.runs()).map(({ materials }) =>
      materials.map((material) => material.changed),
    );
    expect(changed).toEqual([
      [true, true],
      [true, false],
    ]);
  });

  it('starts one run for several materials that changed while it waited', async () => {
    const world = await open(makePipeline('p', two));
    await world.pause('p', 'release week');
    await world.publish('a', ['1.0.0']);
    await world.publish('b', ['1.0.0']);
    await world.look();
    expect(await world.outcomes()).toEqual(['1.0.0 waits', '1.0.0 waits']);
    expect((await world.decisions())[0]?.reason).toContain('release week');
    await world.pause('p', null);
    expect(await world.summary()).toEqual(['1 a@1.0.0 b@1.0.0 running']);
    expect((await world.runs())[0]?.cause).toContain('npmjs/b 1.0.0');
  });

  it('starts nothing from a revision that was withdrawn, until it is published again', async () => {
    const world = await open(makePipeline('p'));
    await world.pause('p', 'so that it waits');
    await world.publish('a', ['1.0.0', '1.1.0']);
    await world.amend('a', '1.1.0', { state: 'withdrawn' });
    await world.pause('p', null);
    expect(await world.summary()).toEqual([]);
    expect((await world.outcomes()).at(-1)).toBe('1.1.0 held');
    await world.amend('a', '1.1.0', { state: 'published' });
    expect(await world.summary()).toEqual(['1 a@1.1.0 running']);
  });

  it('starts several pipelines of one package, each once', async () => {
    const world = await open(makePipeline('p'), makePipeline('q', every));
    await world.publish('a', ['1.0.0', '1.1.0']);
    await world.look();
    expect(await world.summary('p')).toEqual(['1 a@1.1.0 running']);
    expect(await world.summary('q')).toEqual(['1 a@1.0.0 running']);
  });

  it('does nothing on a node whose configuration is not the active one', async () => {
    const world = await open(makePipeline('p'));
    world.config = { ...world.config, hash: 'another' };
    await world.publish('a', ['1.0.0']);
    expect(await world.summary()).toEqual([]);
    expect(await world.outcomes()).toEqual([]);
  });

  it('keeps the definition that a run began with', async () => {
    const world = await open(makePipeline('p'));
    await world.publish('a', ['1.0.0']);
    const stages = ['build', 'deploy'].map((name) => makeStage(name, [runJob('else')]));
    await world.adopt([makePipeline('p', { stages })]);
    expect(await world.work()).toEqual(['p/1/build/work']);
    expect(await world.work()).toEqual(['p/1/deploy/work']);
    await world.publish('a', ['1.1.0']);
    expect(await world.work()).toEqual(['p/2/build/else']);
  });

  it('starts once when two polls that both change a pipeline commit at the same time', async () => {
    const world = await open(makePipeline('p', two));
    await Promise.all([world.publish('a', ['1.0.0']), world.publish('b', ['1.0.0'])]);
    expect(await world.summary()).toEqual(['1 a@1.0.0 b@1.0.0 running']);
  });

  it('loses and doubles nothing when polls and ends of jobs commit at the same time', async () => {
    const materials = [listenTo('a', 'every'), listenTo('b', 'every')];
    const world = await open(
      ...['p', 'q'].map((name) => makePipeline(name, { materials, stages: [makeStage('build')] })),
    );
    const versions = Array.from({ length: 6 }, (_, n) => `1.${n}.0`);
    let polling = true;
    const poll = async (name: string) => {
      for (const version of versions) await world.publish(name, [version]);
    };
    const work = async (node: string) => {
      for (let done = 1; polling || done > 0; ) {
        const jobs = await world.claim(node, { room: 1 });
        for (const job of jobs) await world.end(job);
        done = jobs.length;
      }
    };
    const polls = Promise.all([poll('a'), poll('b')]).finally(() => {
      polling = false;
    });
    await Promise.all([polls, work('one'), work('two'), work('three')]);
    while ((await world.work()).length > 0);
    for (const pipeline of ['p', 'q']) {
      const started = (await world.decisions(pipeline)).filter(({ outcome }) => outcome === 'started');
      expect(started.map(({ run }) => run)).toEqual(Array.from({ length: 12 }, (_, n) => n + 1));
      expect((await world.runs(pipeline)).map(({ status }) => status)).toEqual(Array(12).fill('passed'));
    }
  });

  it('tells events of the run and its jobs', async () => {
    const world = await open(makePipeline('p', { stages: [makeStage('build')] }));
    await world.publish('a', ['1.0.0']);
    await world.work();
    const events = await world.store.transact((tx) => readEvents(tx, 0, 100));
    expect(events.map(({ type, subject }) => `${type} ${subject}`)).toEqual([
      'pipelinerun.queued p/1',
      'stage.started p/1/build',
      'pipelinerun.started p/1',
      'taskrun.started p/1/build/work',
      'taskrun.finished p/1/build/work',
      'stage.finished p/1/build',
      'pipelinerun.finished p/1',
    ]);
  });
});
