import type { EndedAttempt, Happening } from '../../../src/engine/happening.ts';
import { get, type Tables } from './tables.ts';
import { beginning } from './world.ts';

/** A happening in a line, for people. */
export function tellHappening(happening: Happening, tables: Tables, now: number): string {
  const at = `${(now - beginning) / 1_000} s: ${happening.kind}`;
  switch (happening.kind) {
    case 'published': {
      const news = happening.news.filter(({ isTouched }) => isTouched);
      const tell = ({ material, fresh, changed, moved, newest }: (typeof news)[number]) => {
        const versions = fresh.map(({ version, rank }) => `${version} (rank ${rank})`);
        const others = changed.map(({ kind, version }) => `${version} ${kind}`);
        return [material, ...versions, ...others, moved ? `to ${newest?.version}` : ''].join(' ');
      };
      return `${at} ${news.map(tell).join('; ')}`;
    }
    case 'ended': {
      const tell = ({ facts: { run, stage, job }, outcome }: EndedAttempt) =>
        `${run.pipeline}/${run.counter}/${stage.name}/${job.name} ${outcome.status}`;
      return `${at} ${happening.attempts.map(tell).join('; ')}`;
    }
    case 'asked':
      return `${at} by ${happening.actor.name}: ${JSON.stringify(happening.wish)}`;
    case 'observed':
      return at;
    case 'time':
    case 'configured':
      return [
        at,
        tables.configHash,
        ...happening.pipelineIds.map((id) => get(tables.pipelines, id).name),
      ].join(' ');
  }
}
