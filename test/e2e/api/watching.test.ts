import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ApiStory,
  beginApiStory,
  hookSecret,
  literalToken,
  referredToken,
} from '../../support/api-story.ts';
import { pollNow } from '../../support/story.ts';

const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

let story: ApiStory;
beforeAll(async () => {
  story = await beginApiStory();
  await pollNow(story.server, 'markup');
});
afterAll(() => story?.end());

describe('for the machines that watch', () => {
  it('it is alive and ready', async () => {
    expect(await story.ask('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await story.ask('/readyz')).toMatchObject({ status: 200, body: { status: 'ready', reasons: [] } });
  });

  it('it measures polls by outcome, poll seconds, detection lag, queue depth and plugin restarts', async () => {
    const answer = await fetch(`${story.server.url}/metrics`);
    const metrics = await answer.text();
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(metrics).toMatch(/^sluice_polls_total\{repository="shop",outcome="ok"\} [1-9]\d*$/m);
    expect(metrics).toMatch(/^sluice_polls_total\{repository="markup",outcome="failed"\} 1$/m);
    expect(metrics).toMatch(/^sluice_poll_seconds_count\{repository="shop"\} [1-9]\d*$/m);
    expect(metrics).toMatch(/^sluice_detection_lag_seconds_count\{repository="shop"\} [1-9]\d*$/m);
    for (const queue of ['triggers', 'attempts', 'polls'])
      expect(metrics).toMatch(new RegExp(`^sluice_queue_depth\\{queue="${queue}"\\} 0$`, 'm'));
    expect(metrics).toMatch(/^# TYPE sluice_plugin_restarts_total counter$/m);
    expect(metrics).toMatch(/^sluice_runs_total\{pipeline="build",status="passed"\} [1-9]/m);
    expect(metrics).toMatch(/^sluice_configuration_valid 1$/m);
  });

  it('it shows the configuration as it was written, and no secret', async () => {
    const answer = await fetch(`${story.server.url}/api/v1/configuration`);
    const written = await answer.text();
    for (const secret of [literalToken, hookSecret, referredToken]) expect(written).not.toContain(secret);
    expect(JSON.parse(written)).toMatchObject({
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      loadedAt: isoTime,
      refused: null,
      repositories: [
        {
          name: 'shop',
          plugin: 'npm',
          config: { url: story.shop.url, token: '${env:SHOP_TOKEN}' },
          hook: true,
        },
        { name: 'markup', config: { token: '[secret]' }, hook: false },
      ],
      pipelines: [{ name: 'build', environment: { TARGET: 'uat' } }, { name: 'odd' }],
    });
  });
});

describe('the pages', () => {
  const open = async (path: string) => {
    const answer = await fetch(story.server.url + path);
    return { answer, page: await answer.text() };
  };

  it('show how everything is, under a policy that lets nothing in from elsewhere', async () => {
    const { answer, page } = await open('/');
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'; /,
    );
    expect(page).toContain('<a href="/pipelines/build/runs/2">2-2.0.0</a>');
    expect(page).toContain(
      '<ol class="stages"><li class="passed">make</li><li class="passed">ship</li></ol>',
    );
  });

  it('show what is wrong with a repository and for how long, what others wrote as text', async () => {
    const { page } = await open('/repositories/markup');
    expect(page).toMatch(
      /failing<\/span> <span class="hint">since <time datetime="\d{4}-[^"]*".*<code>MALFORMED<\/code>/,
    );
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).not.toContain('<script>');
  });
});
