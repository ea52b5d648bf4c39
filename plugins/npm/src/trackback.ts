import hostedGitInfo from 'hosted-git-info';
import { isRecord } from './packument.ts';

/** A version's manifest, as far as it leads to a page. */
export interface Sources {
  readonly repository?: unknown;
  readonly homepage?: unknown;
}

/**
 * Finds the page for people of a version's `repository` (any form that package.json allows), else of its
 * `homepage`; http or https only. What it found it keeps: all versions of a package tend to have the same,
 * and reading it costs more than the rest of a version.
 */
export function makeTrackbackFinder(): (sources: Sources) => string | undefined {
  const repositoryPages = new Map<string, string | undefined>();
  return ({ repository, homepage }) => {
    const url = isRecord(repository) ? repository['url'] : repository;
    if (typeof url !== 'string') return findPage(homepage);
    if (!repositoryPages.has(url)) repositoryPages.set(url, findRepositoryPage(url));
    return repositoryPages.get(url) ?? findPage(homepage);
  };
}

function findRepositoryPage(url: string): string | undefined {
  return (
    findPage(hostedGitInfo.fromUrl(url)?.browse()) ??
    findPage(url.replace(/^git\+/, '').replace(/\.git$/, ''))
  );
}

function findPage(url: unknown): string | undefined {
  const page = typeof url === 'string' ? URL.parse(url) : null;
  if (page?.protocol !== 'https:' && page?.protocol !== 'http:') return undefined;
  page.username = '';
  page.password = '';
  return page.href;
}
