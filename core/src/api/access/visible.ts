import type { Config } from '../../config/config.ts';
import { type Actor, hasRole } from '../../engine/actor.ts';
import { mayView, reaches } from '../../engine/rights.ts';
import type { RecordedEvent } from '../../store/events.ts';

/** The pipelines that somebody may see, as a search takes them. */
export interface VisiblePipelines {
  /** By name; undefined where there is no bound. */
  readonly pipelines: readonly string[] | undefined;
  isVisible(pipeline: string): boolean;
}

/**
 * Whether somebody may see a pipeline; of one that the configuration does not have any more, only an admin
 * sees what is left.
 */
export function mayViewPipeline(actor: Actor, { pipelines }: Config, name: string): boolean {
  const pipeline = pipelines.get(name);
  return pipeline ? mayView(actor, pipeline.access) : hasRole(actor, 'admin');
}

/**
 * The pipelines that somebody may see, by name; undefined for an admin, who also sees what is left of those
 * that are gone.
 */
export function listVisiblePipelines(actor: Actor, config: Config): readonly string[] | undefined {
  if (hasRole(actor, 'admin')) return undefined;
  return [...config.pipelines.keys()].filter((name) => mayViewPipeline(actor, config, name));
}

/** Which pipelines a search may look at: of those that somebody may see all, or the one that is asked for. */
export function narrowPipelines(actor: Actor, config: Config, asked: string | undefined): VisiblePipelines {
  const isVisible = (name: string) => mayViewPipeline(actor, config, name);
  const pipelines = asked === undefined ? listVisiblePipelines(actor, config) : [asked].filter(isVisible);
  return { pipelines, isVisible };
}

/** Whether somebody may see every pipeline of the configuration, and so what is said about all of it. */
export function mayViewAll(actor: Actor, { pipelines }: Config): boolean {
  return [...pipelines.values()].every(({ access }) => mayView(actor, access));
}

const ofRepositories = /^(artifact|repository)\./;
const ofConfiguration = /^configuration\./;

/** Whether somebody may be told of an event; one of a kind not known here is taken for a pipeline's. */
export function maySeeEvent(actor: Actor, config: Config, { type, subject, data }: RecordedEvent): boolean {
  if (ofRepositories.test(type)) return reaches(actor, 'viewer');
  if (ofConfiguration.test(type)) return reaches(actor, 'viewer') && mayViewAll(actor, config);
  const [first = ''] = subject.split('/');
  return mayViewPipeline(actor, config, typeof data['pipeline'] === 'string' ? data['pipeline'] : first);
}

const pipelineLabel = /[{,]pipeline="((?:[^"\\]|\\.)*)"/;

/** Measures in the Prometheus text format, without the series of pipelines that somebody may not see. */
export function keepVisibleMeasures(text: string, actor: Actor, config: Config): string {
  const isVisible = (line: string) => {
    const pipeline = pipelineLabel.exec(line)?.[1];
    return pipeline === undefined || mayViewPipeline(actor, config, pipeline);
  };
  return text.split('\n').filter(isVisible).join('\n');
}
