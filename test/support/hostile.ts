import { definePackagePlugin } from '@sluice/plugin-sdk';

const harm = '<img/src=x/onerror=document.title=1><script>document.title=2</script>';

/** A plugin of a repository that means harm: markup in every field that it controls. */
export default definePackagePlugin({
  id: 'hostile',
  title: `Hostile ${harm}`,
  repository: {},
  package: {},
  compare: (a, b) => (a < b ? -1 : Number(a > b)),
  open: () => ({
    async check() {},
    async *poll(packages) {
      yield { repository: { warning: `warning ${harm}` } };
      for (const { key } of packages) {
        yield {
          key,
          revisions: [
            {
              version: `1${harm}`,
              publisher: `publisher ${harm}`,
              comment: `comment ${harm}`,
              warning: `of a version ${harm}`,
              location: 'https://repo.example.com/"onmouseover="document.title=3',
              trackbackUrl: 'https://ci.example.com/"><script>document.title=4</script>',
              digests: { sha256: 'ab'.repeat(32) },
              data: { NOTE: harm },
            },
          ],
        };
      }
    },
  }),
});
