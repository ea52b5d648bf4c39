import type { PipelineConfig } from '../config/config.ts';
import { labelNames, renderLabel } from '../config/label.ts';
import { insertRun, nextCounter, type Pin } from '../store/runs.ts';
import type { Tx } from '../store/store.ts';
import type { Move } from './changes.ts';
import { nameMaterial } from './pin-materials.ts';

/** A run to be created. */
export interface RunWish {
  readonly definition: PipelineConfig;
  readonly pins: readonly Pin[];
  /** In words: what or who started it. */
  readonly cause: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A run that was created. */
export interface CreatedRun {
  readonly id: number;
  readonly counter: number;
  /** Versions by material. */
  readonly materials: Readonly<Record<string, string>>;
}

/** Creates a run of a locked pipeline, its first stage ready to be entered. */
export async function createRun(tx: Tx, move: Move, { definition, pins, cause, environment }: RunWish): Promise<CreatedRun> {
  const { pipeline, now, changes } = move;
  const counter = await nextCounter(tx, pipeline.id);
  const label = makeLabel(definition, counter, pins);
  const id = await insertRun(tx, {
    pipelineId: pipeline.id,
    counter,
    label,
    cause,
    definition,
    environment,
    pins,
    createdAt: now,
  });
  changes.addRun({ pipeline: pipeline.name, counter, status: 'pending' }, label);
  return { id, counter, materials: listVersions(pins) };
}

function makeLabel({ label, materials }: PipelineConfig, counter: number, pins: readonly Pin[]): string {
  const values = new Map([['COUNT', String(counter)]]);
  for (const material of materials) {
    const pin = pins.find((candidate) => nameMaterial(candidate) === nameMaterial(material));
    for (const name of labelNames(material)) values.set(name, pin?.revision.version ?? '');
  }
  return renderLabel(label, (name) => values.get(name) ?? '');
}

function listVersions(pins: readonly Pin[]): Readonly<Record<string, string>> {
  return Object.fromEntries(pins.map((pin) => [nameMaterial(pin), pin.revision.version]));
}
