import { matches, type PackageBehind, type TracedRun } from '../../../src/domain/provenance.ts';
import type { PinnableRevision } from '../../../src/domain/revision.ts';
import type { AnswerBook } from '../../../src/engine/question.ts';
import { get, type RevisionRow, type RunRow, type Tables } from './tables.ts';

/** Answers every question from lists. */
export function answerFrom(tables: Tables): AnswerBook {
  const isStartable = (row: RevisionRow, accept: readonly string[]) =>
    row.state === 'published' && (row.standing === 'ok' || accept.includes(row.standing));
  const { packages, revisions, runs, startedSets, triggers } = tables;
  return {
    passedRuns: async (query) =>
      listPassed(tables)
        .filter((run) => matches(run, query))
        .slice(0, query.limit),
    startable: async ({ packageId, accept, revisionId, below, limit }) => {
      const { pointer } = get(packages, packageId);
      const isNamed = ({ id, version }: RevisionRow) =>
        revisionId === undefined ? pointer === null || pointer === version : id === revisionId;
      return revisions
        .filter((row) => row.packageId === packageId && isNamed(row) && isStartable(row, accept))
        .filter(({ rank }) => below === undefined || rank < below)
        .toSorted((a, b) => b.rank - a.rank)
        .slice(0, limit)
        .map(toPinnable);
    },
    revision: async (id) => toPinnable(get(revisions, id)),
    version: async ({ packageId, version }) => {
      const row = revisions.find((one) => one.packageId === packageId && one.version === version);
      return row && toPinnable(row);
    },
    run: async ({ pipelineId, counter }) =>
      runs.find((run) => run.pipelineId === pipelineId && run.counter === counter)?.id,
    names: async (ids) =>
      new Map(
        ids.map((id) => {
          const { packageId, version } = get(revisions, id);
          return [id, { package: get(packages, packageId).name, version }];
        }),
      ),
    moves: async (ids) => new Map(ids.map((id) => [id, get(packages, id).moves])),
    followers: async (ids) => new Set(ids.filter((id) => get(packages, id).pointer !== null)),
    startedSet: async ({ pipelineId, hash }) => startedSets.get(`${pipelineId} ${hash}`),
    runsOfPoll: async ({ pipelineId, poll }) => {
      const ofPoll = triggers.filter(
        ({ pipelineId: id, of }) => id === pipelineId && 'poll' in of && of.poll === poll,
      );
      const started = new Set(ofPoll.filter(({ state }) => state === 'started').map(({ runId }) => runId));
      return (
        started.size + ofPoll.filter(({ state, mode }) => state === 'waiting' && mode === 'every').length
      );
    },
    wishedBefore: async (wishes) => {
      const name = (...parts: readonly (string | number)[]) => parts.join(' ');
      const known = new Set(
        triggers.flatMap(({ pipelineId, of }) =>
          'version' in of ? name(pipelineId, of.packageId, of.version, of.digest, of.move) : [],
        ),
      );
      const places = wishes.flatMap((wish, place) =>
        known.has(name(wish.pipelineId, wish.packageId, wish.version, wish.digest, wish.move)) ? place : [],
      );
      return new Set(places);
    },
  };
}

/** The runs by the stages whose newest attempt is passed, newest first. */
function listPassed(tables: Tables): readonly TracedRun[] {
  return tables.stages
    .filter(({ latest, status }) => latest && status === 'passed')
    .toSorted((a, b) => b.runId - a.runId)
    .map(({ runId, name: stage, counter: stageCounter }) => {
      const run = get(tables.runs, runId);
      const { id, pipelineId, counter, label, provenance } = run;
      const pipelines = new Map([...provenance.pipelines, [pipelineId, id]]);
      return {
        run: { id, pipelineId, counter, label, stage, stageCounter },
        provenance: { packages: provenance.packages, pipelines },
        behind: listBehind(tables, run),
      };
    });
}

/** The packages behind a run, as the ledger has them now. */
export function listBehind({ revisions }: Tables, { provenance }: RunRow): readonly PackageBehind[] {
  return [...provenance.packages].map(([packageId, { revisionId, edition }]) => {
    const { rank, state } = get(revisions, revisionId);
    return { packageId, revisionId, edition, rank, state };
  });
}

function toPinnable(row: RevisionRow): PinnableRevision {
  const { id, packageId, version, state, standing, digest, edition, rank } = row;
  return {
    id,
    packageId,
    version,
    state,
    standing,
    digest,
    edition,
    rank,
    location: null,
    publishedAt: null,
    publisher: null,
    comment: null,
    trackbackUrl: null,
    purl: null,
    data: {},
  };
}
