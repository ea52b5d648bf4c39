/** What stands in for the keys of sluice.yaml that are left out, as they would be written there. */
export const defaults = {
  server: { host: '127.0.0.1', port: 8153, trustProxy: false },
  store: 'sqlite:sluice.db',
  timezone: 'UTC',
  pluginLimits: { silence: '2m', total: '30m', memory: '512MB' },
  http: { concurrencyPerHost: 16 },
  retention: { logs: '30d', polls: '7d', decisions: '90d', runs: 1000 },
  minFree: '1GB',
  poll: { every: '5m' },
  first: 'latest',
  trigger: 'latest',
  label: '${COUNT}',
  lock: 'none',
  maxNewRuns: 20,
  required: 1,
  timeout: '1h',
  onDoubt: { run: 'fail', webhook: 'restart' },
} as const;
