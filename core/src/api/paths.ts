import { splitPackage } from '../store/publications.ts';

const root = '/api/v1';

/** Where the API has a run. */
export function pathOfRun(pipeline: string, counter: number): string {
  return `${root}/pipelines/${encodeURIComponent(pipeline)}/runs/${counter}`;
}

/** Where the API says what used a version of a package, `repository/package`. */
export function pathOfVersion(name: string, version: string): string {
  return `${pathOfPackage(name)}/revisions/${encodeURIComponent(version)}/value-stream`;
}

/** Where the API has a package, `repository/package`, with what is below it. */
export function pathOfPackage(name: string): string {
  const { repository, package: own } = splitPackage(name);
  return `${root}/repositories/${encodeURIComponent(repository)}/packages/${encodeURIComponent(own)}`;
}
