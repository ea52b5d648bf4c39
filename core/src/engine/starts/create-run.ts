import type { PipelineConfig } from '../../config/config.ts';
import { labelNames, renderLabel } from '../../config/label.ts';
import { nameMaterial } from '../../config/materials.ts';
import type { Reason } from '../../domain/reason.ts';
import type { NewRun, Pin } from '../../store/runs.ts';
import type { Draft, DraftPipeline, DraftRun, Verdict } from '../draft/draft.ts';
import type { ResolvedMaterial } from '../fan-in/materials.ts';
import { type FoundSet, listPackagesBehind } from '../fan-in/search.ts';
import { reachStage } from '../stages/reach.ts';
import { pinMaterials } from './pin-materials.ts';

/** A run to be created: of which set, and why. */
export interface Start {
  readonly definition: PipelineConfig;
  readonly materials: readonly ResolvedMaterial[];
  readonly set: FoundSet;
  readonly cause: Reason;
  readonly startedBy: NewRun['startedBy'];
  /** Who asked for it, and what they chose. */
  readonly byHand?: Pick<NewRun, 'person' | 'overridden' | 'environment'>;
  /** What its decision is about, beside the run. */
  readonly about?: Omit<Verdict, 'outcome' | 'reason' | 'materials'>;
}

/** Creates a run, which comes to its first stage. */
export function createRun(draft: Draft, pipeline: DraftPipeline, start: Start): DraftRun {
  const { definition, materials, set, cause, startedBy } = start;
  const { person, overridden, environment } = start.byHand ?? {
    person: undefined,
    overridden: false,
    environment: {},
  };
  const counter = ++pipeline.counter;
  const pins = pinMaterials(pipeline.previousPins, materials, set.candidates, draft.inForce);
  const label = makeLabel(definition, counter, pins);
  const run = openRun(draft, pipeline, {
    counter,
    label,
    startedBy,
    person: person ?? null,
    overridden,
    definition,
    behind: { packages: listPackagesBehind(set), pipelines: set.provenance.pipelines },
  });
  draft.enter(run);
  pipeline.previousPins = pins;
  const { provenance } = set;
  const facts = {
    pipelineId: pipeline.id,
    counter,
    label,
    cause,
    startedBy,
    person,
    overridden,
    environment,
  };
  draft.add({
    kind: 'run created',
    id: run.id,
    stageIds: run.stages.map(({ id }) => id),
    run: { ...facts, provenance, definition, pins, createdAt: draft.now },
  });
  draft.decide(pipeline, {
    outcome: 'started',
    reason: cause,
    ...start.about,
    materials: listVersions(pins),
    runId: run.id,
  });
  const [first] = run.stages;
  if (!first) throw new Error(`${pipeline.name} has no stage`);
  reachStage(draft, first);
  return run;
}

/** Versions and counters by material. */
export function listVersions(pins: readonly Pin[]): Readonly<Record<string, string | number>> {
  return Object.fromEntries(
    pins.map((pin) => [nameMaterial(pin), 'pipeline' in pin ? pin.run.counter : pin.revision.version]),
  );
}

type Opening = Pick<DraftRun, 'counter' | 'label' | 'startedBy' | 'person' | 'overridden' | 'behind'> &
  Pick<Start, 'definition'>;

function openRun(draft: Draft, pipeline: DraftPipeline, { definition, ...facts }: Opening): DraftRun {
  const run: DraftRun = {
    ...facts,
    id: draft.newId(),
    pipeline,
    status: 'pending',
    stages: [],
    // A person who overrides what is wrong is not held up by it.
    alarms: [],
  };
  run.stages.push(
    ...definition.stages.map(({ name }, position) => draft.newStage({ run, position, name, counter: 1 })),
  );
  return run;
}

function makeLabel({ label, materials }: PipelineConfig, counter: number, pins: readonly Pin[]): string {
  const values = new Map([['COUNT', String(counter)]]);
  for (const material of materials) {
    const pin = pins.find((candidate) => nameMaterial(candidate) === nameMaterial(material));
    for (const name of labelNames(material)) values.set(name, pin ? describePin(pin) : '');
  }
  return renderLabel(label, (name) => values.get(name) ?? '');
}

/** What a pin is to a label: a package's version, or the label of a run. */
function describePin(pin: Pin): string {
  return 'pipeline' in pin ? pin.run.label : pin.revision.version;
}
