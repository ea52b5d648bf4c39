import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { long } from '../../../test/support/long.ts';
import { ask, repository } from './asking.ts';
import { hostFixtures, poll } from './host.ts';

const packages = ask(['a', 'b', 'c']);
const complete = (key: string) => ({
  kind: 'complete',
  key,
  revisions: [{ version: '1' }],
  refused: [],
  cursor: 'seen',
});

interface Refused {
  readonly code: string;
  readonly message: RegExp;
}

const faults: Readonly<Record<string, Refused>> = {
  'process.exit': { code: 'PLUGIN_FAILED', message: /ended its own process with status 3/ },
  SIGKILL: { code: 'PLUGIN_FAILED', message: /SIGKILL/ },
  objects: { code: 'PLUGIN_FAILED', message: /pluginLimits.memory/ },
  buffers: { code: 'PLUGIN_FAILED', message: /more than 256 MB of memory/ },
  'buffers without a pause': { code: 'PLUGIN_FAILED', message: /more than 256 MB of memory/ },
  'unhandled rejection': { code: 'PLUGIN_FAILED', message: /nobody caught this/ },
  'uncaught exception': { code: 'PLUGIN_FAILED', message: /nobody caught this/ },
  silence: { code: 'TIMEOUT', message: /no sign of life for \d+ ms/ },
  'silence, deaf to the signal': { code: 'TIMEOUT', message: /did not end when it was told to/ },
  'a broken channel': { code: 'PLUGIN_FAILED', message: /sent a line that is no JSON/ },
  throws: { code: 'PLUGIN_FAILED', message: /a bug/ },
  'throws null': { code: 'PLUGIN_FAILED', message: /null/ },
  'a coded error': { code: 'RATE_LIMITED', message: /come back later/ },
};

/** Those that keep a processor busy until their time is up. */
const busyFaults: Readonly<Record<string, Refused>> = {
  'endless loop': { code: 'PLUGIN_FAILED', message: /hangs/ },
  'a flood of log lines': { code: 'TIMEOUT', message: /did not end when it was told to/ },
  'a flood of progress': { code: 'PLUGIN_FAILED', message: /hangs/ },
  'a flood of printed lines': { code: 'PLUGIN_FAILED', message: /hangs|memory/ },
};

describe.each(Object.entries(faults))('a plugin with %s', testFault);
describe.each(Object.entries(busyFaults))('a plugin with %s', long, testFault);

function testFault(fault: string, { code, message }: Refused): void {
  it('costs its own repository a coded error, and no other anything', async () => {
    const host = await hostFixtures(['faulty']);
    const lag = monitorEventLoopDelay({ resolution: 1 });
    lag.enable();
    const bad = poll(host, repository('bad', 'faulty', { fault }), packages);
    const good = ['good-1', 'good-2', 'good-3'].map((name) =>
      poll(host, repository(name, 'faulty', { fault: 'none' }), packages),
    );
    await expect(bad).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    for (const answers of await Promise.all(good)) expect(answers).toEqual(['a', 'b', 'c'].map(complete));
    lag.disable();
    console.info(
      `lag during "${fault}": p99 ${(lag.percentile(99) / 1e6).toFixed(1)} ms, max ${(lag.max / 1e6).toFixed(1)} ms`,
    );
  });
}
