import { findRevision } from '../../../store/pinnable.ts';
import { findPackageId } from '../../../store/read-repositories.ts';
import type { ValueStream } from '../../../store/value-stream/value-stream.ts';
import { ApiError } from '../../api-error.ts';
import { traceRun, traceVisible } from '../../read-value-stream.ts';
import { unknownRun } from '../../view-run.ts';
import {
  pathOfPackage,
  pathOfPipeline,
  pathOfRepository,
  pathOfRevisionStream,
  pathOfRun,
  pathOfValueStream,
} from '../addresses.ts';
import { html } from '../html.ts';
import type { Page, PageView } from '../page.ts';
import { showStream } from './show-stream.ts';
import type { StreamLayouts } from './stream-layouts.ts';

const ofRuns = /^(pipelinerun|stage)\./;
const ofRevisions = /^artifact\./;

/** Value streams as drawings: of a run, and of a version of a package. */
export function makeValueStreamPages(layouts: StreamLayouts): readonly Page[] {
  return [makeRunPage(layouts), makeRevisionPage(layouts)];
}

/** Everything that flowed into a run, and everything that it flowed into. */
function makeRunPage(layouts: StreamLayouts): Page {
  return {
    path: '/pipelines/:pipeline/runs/:counter/value-stream',
    needs: 'view',
    concerns: ({ type }) => ofRuns.test(type) || ofRevisions.test(type),
    async read({ params, query, actor }, { store, configuration }) {
      const { pipeline = '', counter: text = '' } = params;
      const counter = /^\d{1,9}$/.test(text) ? Number(text) : 0;
      const { config } = configuration();
      const stream = await store.read((tx) => traceRun(tx, { pipeline, counter }, { config, actor }));
      if (!stream) throw unknownRun({ pipeline, counter });
      const page = {
        stream,
        root: `${pipeline}/${counter}`,
        path: pathOfValueStream(pipeline, counter),
        fixed: [],
      };
      const main = html`<header class="page">
          <p class="crumbs"><a href="/">Pipelines</a> / <a href=${pathOfPipeline(pipeline)}>${pipeline}</a> / <a href=${pathOfRun(pipeline, counter)}>run ${counter}</a></p>
          <h1>Value stream of ${pipeline} ${counter}</h1>
          <p class="lead">What flowed into this run comes before it, what it flowed into after it: from the left to the right, or downwards. Every box leads to its page.</p>
        </header>
        ${await showStream(page, query, layouts)}`;
      return {
        title: `Value stream of ${pipeline} ${counter}`,
        section: 'pipelines',
        main,
        concerns: concernsOf(stream),
      };
    },
  };
}

/** Every run that used a version, and what published it; `?version=` says which. */
function makeRevisionPage(layouts: StreamLayouts): Page {
  return {
    path: '/repositories/:repo/packages/:pkg/value-stream',
    needs: 'viewer',
    concerns: ({ type }) => ofRuns.test(type) || ofRevisions.test(type),
    async read({ params, query, actor }, { store, configuration }) {
      const { repo = '', pkg = '' } = params;
      const version = query.get('version') ?? '';
      const name = `${repo}/${pkg}`;
      const { config } = configuration();
      const stream = await store.read(async (tx) => {
        const packageId = await findPackageId(tx, repo, pkg);
        const id = packageId === undefined ? undefined : await findRevision(tx, packageId, version);
        return id === undefined ? undefined : traceVisible(tx, { kind: 'package', id }, { config, actor });
      });
      if (!stream) throw new ApiError('NOT_FOUND', `There is no version ${version} of ${name}`);
      const fixed: readonly [string, string][] = [['version', version]];
      const page = { stream, root: `${name}@${version}`, path: pathOfRevisionStream(name), fixed };
      const main = html`<header class="page">
          <p class="crumbs"><a href="/repositories">Repositories</a> / <a href=${pathOfRepository(repo)}>${repo}</a> / <a href=${pathOfPackage(name)}>${pkg}</a></p>
          <h1>Value stream of ${pkg} ${version}</h1>
          <p class="lead">What published this version comes before it, every run that used it after it: from the left to the right, or downwards. Every box leads to its page.</p>
        </header>
        ${await showStream(page, query, layouts)}`;
      return {
        title: `Value stream of ${name} ${version}`,
        section: 'repositories',
        main,
        concerns: concernsOf(stream),
      };
    },
  };
}

/** What is drawn, and any new run: it may be one that comes after them. */
function concernsOf({ nodes }: ValueStream): NonNullable<PageView['concerns']> {
  const subjects = new Set(nodes.map((node) => (node.kind === 'run' ? node.id : node.package)));
  return ({ type, subject }) => {
    if (type === 'pipelinerun.queued') return true;
    if (ofRevisions.test(type)) return subjects.has(subject);
    return ofRuns.test(type) && subjects.has(subject.split('/').slice(0, 2).join('/'));
  };
}
