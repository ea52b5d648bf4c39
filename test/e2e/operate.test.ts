import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginReadsStory, type ReadsStory } from '../support/reads-story.ts';
import { settle } from '../support/story.ts';

const more = `
  storm:
    maxNewRuns: 1
    lock: onFailure
    materials: [{ package: shop/it, trigger: every }]
    stages: [{ name: only, jobs: { it: { run: 'test "$GO_PACKAGE_SHOP_IT_LABEL" = 1.0.0' } } }]
`;

let story: ReadsStory;
beforeAll(async () => {
  story = await beginReadsStory('sqlite:sluice.db', more);
  await story.publish('shop', '1.0.0');
  await story.publish('shop', '1.1.0');
});
afterAll(() => story?.end());

/** Runs a command against the server; answers what it printed, or throws what it said was wrong. */
async function sluice(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await story.place.sluice(...args, '--server', story.server.url);
  if (code !== 0) throw new Error(`${code}: ${stderr}`);
  return stdout.trimEnd();
}

describe('the command line', () => {
  it('lets a run into a stage, or ends it there, and says why', async () => {
    expect(await sluice('approve', 'acceptance', '1', 'sign-off', '--comment', 'looks good')).toMatch(
      /^acceptance\/1 .*build 1/,
    );
    await settle(story.server);
    expect(await sluice('runs', 'acceptance')).toMatch(/^acceptance\/1 \([^)]*\) passed/);
    expect(await sluice('explain', 'acceptance')).toContain(
      'anonymous approved run 1 for sign-off: looks good',
    );
    await expect(sluice('approve', 'acceptance', '1', 'sign-off')).rejects.toThrow(
      /1: sluice: .*does not wait for approval/,
    );
    await expect(sluice('reject', 'acceptance', '1', 'sign-off')).rejects.toThrow(/2: .*--comment/);
  });

  it('starts a run with a run of an upstream pipeline, or with what last passed a stage', async () => {
    expect(
      await sluice('trigger', 'acceptance', '-m', 'build=1', '--no-poll', '--comment', 'once more'),
    ).toMatch(/^acceptance\/2 .*once more/);
    await settle(story.server);
    expect(await sluice('reject', 'acceptance', '2', 'sign-off', '--comment', 'no')).toMatch(
      /^acceptance\/2 \([^)]*\) cancelled/,
    );
    expect(await sluice('trigger', 'build', '--passed', 'shop/it=build/package', '--no-poll')).toMatch(
      /^build\/3 .*shop\/it 1\.0\.0/,
    );
    await expect(sluice('trigger', 'build', '-m', 'nonsense')).rejects.toThrow(/2: .*NAME=VALUE/);
  });

  it('runs a stage again, and cancels one that waits', async () => {
    expect(await sluice('rerun', 'build', '2', 'package', '--failed-jobs')).toMatch(
      /package failed > package (running|pending|failed)/,
    );
    await settle(story.server);
    expect(
      JSON.parse(await sluice('runs', 'build', '--json')).items.find(
        (run: { counter: number }) => run.counter === 2,
      ),
    ).toMatchObject({
      stages: [
        { name: 'compile' },
        { name: 'package', counter: 1 },
        { name: 'package', counter: 2, status: 'failed' },
      ],
    });
    await sluice('trigger', 'acceptance', '-m', 'build=1', '--no-poll');
    await settle(story.server);
    expect(await sluice('cancel', 'acceptance', '3', 'sign-off')).toMatch(
      /^acceptance\/3 \([^)]*\) cancelled/,
    );
    await expect(sluice('rerun', 'build', 'two', 'package')).rejects.toThrow(/2: .*write a counter/);
  });

  it('pauses a pipeline, and lets it go on', async () => {
    expect(await sluice('pause', 'deploy', 'holidays')).toContain('paused: holidays');
    expect(await sluice('unpause', 'deploy')).not.toContain('paused');
    await expect(sluice('unpause', 'deploy')).rejects.toThrow(/1: sluice: deploy is not paused/);
  });

  it('takes a lock away, and lets go of what the storm guard holds', async () => {
    expect((await story.server.get('/api/v1/pipelines/storm')) as object).toMatchObject({ lockedBy: 2 });
    await sluice('unlock', 'storm');
    story.shop.publish('1.2.0');
    story.shop.publish('1.3.0');
    await story.publish('shop', '1.4.0');
    expect((await sluice('held', 'storm')).split('\n')).toEqual([
      'shop/it 1.3.0 (trigger: every)',
      'shop/it 1.4.0 (trigger: every)',
    ]);
    await sluice('unlock', 'storm');
    await sluice('held', 'storm', 'newest');
    await settle(story.server);
    expect(await sluice('runs', 'storm')).toMatch(/^storm\/4 .*shop\/it 1\.4\.0/);
    expect(await sluice('held', 'storm')).toBe('');
    await expect(sluice('held', 'storm', 'some')).rejects.toThrow(/2: /);
  });
});
