/** Every page of a {@link Showcase}, by a name that is fit for a file. */
export const pageList: Readonly<Record<string, string>> = {
  pipelines: '/',
  'pipelines-filtered': '/?q=store&status=running',
  pipeline: '/pipelines/storefront',
  run: '/pipelines/rollout/runs/1',
  'run-going-on': '/pipelines/storefront/runs/4',
  log: '/pipelines/storefront/runs/1/stages/unit/1/jobs/unit',
  'log-search': '/pipelines/storefront/runs/1/stages/unit/1/jobs/unit?q=slow',
  repositories: '/repositories',
  repository: '/repositories/partner',
  package: '/repositories/npmjs/packages/watched',
  decisions: '/decisions',
  plugins: '/plugins',
  configuration: '/configuration',
  'not-there': '/pipelines/nothing',
};
