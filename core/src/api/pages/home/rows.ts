import type { Config } from '../../../config/config.ts';
import { nameMaterial } from '../../../config/materials.ts';
import type { Actor } from '../../../engine/actor.ts';
import { mayOperate } from '../../../engine/rights.ts';
import { listLatestRuns, type RunSummary } from '../../../store/latest-runs.ts';
import { listPipelines, type PipelineView } from '../../../store/pipeline-views.ts';
import type { Tx } from '../../../store/store.ts';
import { mayViewPipeline } from '../../access/visible.ts';

/** A pipeline as home shows it. */
export interface Row extends PipelineView {
  readonly group: string;
  /** The names of what it listens to. */
  readonly listensTo: readonly string[];
  /** Newest first. */
  readonly runs: readonly RunSummary[];
  /** Whether whoever looks may do something to it. */
  readonly isOperable: boolean;
}

/** A row with what it has room for: where rows are few, more runs, and what can be done to it. */
export interface ShownRow extends Row {
  readonly isOffered: boolean;
}

/** As people count: `build-2` comes before `build-10`. */
const collator = new Intl.Collator('en', { numeric: true });

const runsShown = 4;
/**
 * With more rows than this each has its newest run only, and nothing is offered, so that the page stays
 * small.
 */
const manyRows = 150;
/** More than this are shown to those only who ask for all. */
const mostRows = 500;

/** Every pipeline that somebody may see, by name, with its newest run. */
export async function listRows(
  tx: Tx,
  { config, actor }: { readonly config: Config; readonly actor: Actor },
): Promise<readonly Row[]> {
  const pipelines = await listPipelines(tx);
  const runs = await listLatestRuns(tx, { most: 1 });
  return pipelines.flatMap((pipeline) => {
    const { name } = pipeline;
    if (!mayViewPipeline(actor, config, name)) return [];
    const configured = config.pipelines.get(name);
    const isOperable = configured !== undefined && mayOperate(actor, configured.access);
    const listensTo = configured?.materials.map(nameMaterial) ?? [];
    return { ...pipeline, group: configured?.group ?? '', listensTo, runs: runs.get(name) ?? [], isOperable };
  });
}

/** Those that are as the address asks. */
export function filterRows(rows: readonly Row[], query: URLSearchParams): readonly Row[] {
  const words = (query.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const status = query.get('status') ?? '';
  const group = query.get('group') ?? '';
  return rows.filter(
    (row) =>
      (group === '' || row.group === group) &&
      (status === '' || (status === 'paused' ? row.paused !== null : row.runs[0]?.status === status)) &&
      words.every((word) => findText(row).includes(word)),
  );
}

function findText({ name, group, listensTo, runs: [latest] }: Row): string {
  const versions = latest?.materials.map((material) => `${material.material} ${material.pinned}`) ?? [];
  return [name, group, ...listensTo, latest?.label ?? '', ...versions].join(' ').toLowerCase();
}

/** What of it a page has room for, by group. */
export async function takeShown(
  tx: Tx,
  found: readonly Row[],
  query: URLSearchParams,
): Promise<readonly ShownRow[]> {
  const sorted = found.toSorted(
    (a, b) => compareGroups(a.group, b.group) || collator.compare(a.name, b.name),
  );
  const shown = query.get('show') === 'all' ? sorted : sorted.slice(0, mostRows);
  if (shown.length > manyRows) return shown.map((row) => ({ ...row, isOffered: false }));
  const names = shown.map(({ name }) => name);
  const runs = await listLatestRuns(tx, { most: runsShown, pipelines: names });
  return shown.map((row) => ({ ...row, runs: runs.get(row.name) ?? [], isOffered: row.isOperable }));
}

function compareGroups(a: string, b: string): number {
  // Pipelines without a group come last.
  return Number(a === '') - Number(b === '') || collator.compare(a, b);
}
