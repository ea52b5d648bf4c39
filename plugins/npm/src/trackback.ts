import hostedGitInfo from 'hosted-git-info';
import { isRecord } from './packument.ts';

/** The page for people of a version's `repository` (any form that package.json allows), else its `homepage`; http or https only. */
export function findTrackback({
  repository,
  homepage,
}: {
  readonly repository?: unknown;
  readonly homepage?: unknown;
}): string | undefined {
  const url = isRecord(repository) ? repository['url'] : repository;
  return (typeof url === 'string' ? findRepositoryPage(url) : undefined) ?? findPage(homepage);
}

function findRepositoryPage(url: string): string | undefined {
  return findPage(hostedGitInfo.fromUrl(url)?.browse()) ?? findPage(url.replace(/^git\+/, '').replace(/\.git$/, ''));
}

function findPage(url: unknown): string | undefined {
  const page = typeof url === 'string' ? URL.parse(url) : null;
  if (page?.protocol !== 'https:' && page?.protocol !== 'http:') return undefined;
  page.username = '';
  page.password = '';
  return page.href;
}
