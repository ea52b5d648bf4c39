import { createPluginHost } from '../../src/plugins/host.ts';
import { ask, fixture, repository } from './asking.ts';

/**
 * A server that prints the process id of its plugin, and waits to be killed. Argument: whether the plugin
 * loops.
 */
const host = await createPluginHost({
  plugins: [fixture('telling')],
  directory: import.meta.dirname,
  limits: { silenceMs: 600_000, totalMs: 600_000, memoryBytes: 2 ** 28 },
  http: { proxy: undefined, noProxy: [], ca: undefined, concurrencyPerHost: 16 },
  resolve: (template) => template,
  mask: (text) => text,
  learnSecret: () => {},
  log: ({ message }) => console.log(message.replace('pid ', '')),
  environment: {},
});
const settings = { loops: process.argv[2] === 'true' };
const { signal } = new AbortController();
await Array.fromAsync(
  host.poll(repository('r', 'telling', settings), ask(['a']), { signal, cursor: undefined }),
);
