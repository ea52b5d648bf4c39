import type { Config } from '../../../src/config/config.ts';
import { listDeployments } from '../../../src/config/deployment.ts';
import type { Happening, Wish } from '../../../src/engine/happening.ts';
import type { Lease } from '../../../src/store/leases.ts';
import type { Tables } from './tables.ts';

/** Which pipelines a happening touches, and what of them. */
interface Touched {
  readonly pipelineIds: readonly number[];
  readonly runIds?: readonly number[];
  readonly packageIds?: readonly number[];
  readonly leases?: readonly Lease[];
  readonly startable?: ReadonlySet<number>;
}

/** What is to be known to decide what follows from a happening. */
export function touch(tables: Tables, happening: Happening, config: Config): Touched {
  switch (happening.kind) {
    case 'published': {
      const { news } = happening;
      const packageIds = news.map(({ packageId }) => packageId);
      const touched = new Set(news.filter((one) => one.isTouched).map(({ packageId }) => packageId));
      const heard = tables.listeners.filter(
        ({ packageId, active, since }) =>
          active && packageIds.includes(packageId) && (since === null || touched.has(packageId)),
      );
      const ids = heard.map(({ pipelineId }) => pipelineId);
      const held = touched.size > 0 ? listHeld(tables) : [];
      return { pipelineIds: [...ids, ...held], packageIds, startable: new Set(ids) };
    }
    case 'observed': {
      const listening = tables.listeners.filter(
        ({ packageId, active }) => active && happening.packageIds.includes(packageId),
      );
      return { pipelineIds: [...listening.map(({ pipelineId }) => pipelineId), ...listHeld(tables)] };
    }
    case 'ended': {
      const facts = happening.attempts.map((one) => one.facts);
      const passing = facts.flatMap(({ run, stage }) => listDownstream(tables, run.pipelineId, stage.name));
      return {
        pipelineIds: [...facts.map(({ run }) => run.pipelineId), ...passing],
        runIds: facts.map(({ run }) => run.id),
        leases: happening.attempts.map(({ lease }) => lease),
        startable: new Set(passing),
      };
    }
    case 'asked':
      return touchAsked(tables, happening.wish, config);
    case 'time':
    case 'configured':
      return { pipelineIds: happening.pipelineIds };
  }
}

function touchAsked(tables: Tables, wish: Wish, config: Config): Touched {
  if ('level' in wish) {
    const stand = (name: string) => listDeployments(config, name).some(({ level }) => level === wish.level);
    const standing = tables.pipelines.filter(({ name, active }) => active && stand(name));
    return { pipelineIds: standing.map(({ id }) => id) };
  }
  if (wish.what === 'release') return { pipelineIds: tables.pipelines.map(({ id }) => id) };
  const id = tables.pipelines.find(({ name, active }) => active && name === wish.pipeline)?.id;
  if (id === undefined) return { pipelineIds: [] };
  if (!('stage' in wish)) return { pipelineIds: [id], startable: new Set([id]) };
  const run = tables.runs.find((one) => one.pipelineId === id && one.counter === wish.counter);
  return { pipelineIds: [id, ...listDownstream(tables, id, wish.stage)], runIds: run ? [run.id] : [] };
}

function listDownstream({ dependencies }: Tables, id: number, name: string): readonly number[] {
  return dependencies.flatMap(({ upstreamId, stage, pipelineId }) =>
    upstreamId === id && stage === name ? pipelineId : [],
  );
}

/** The pipelines in which something is held, or waits for a set that agrees. */
function listHeld({ triggers, pipelines, stages }: Tables): readonly number[] {
  return [
    ...triggers
      .filter(({ state, waits }) => (state === 'waiting' || state === 'held') && isOfSet(waits))
      .map(({ pipelineId }) => pipelineId),
    ...pipelines.filter(({ timerWaits }) => timerWaits === 'set').map(({ id }) => id),
    ...stages
      .filter(({ status, heldAt }) => status === 'pending' && heldAt !== null)
      .map(({ pipelineId }) => pipelineId),
  ];
}

function isOfSet(waits: string | null): boolean {
  return waits === 'held' || waits?.startsWith('set:') === true;
}
