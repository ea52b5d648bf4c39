import type { Config } from '../../../src/config/config.ts';
import { isPipelineMaterial, listPackageMaterials, nameMaterial } from '../../../src/config/materials.ts';
import type { ListenerRow, Tables } from './tables.ts';

/** Makes the pipelines of a configuration those of the tables; answers those that are to be looked at. */
export function adopt(tables: Tables, config: Config): readonly number[] {
  const isThere = ({ name }: { readonly name: string }) => config.pipelines.has(name);
  const touched = tables.pipelines.filter((row) => row.active || isThere(row));
  for (const row of tables.pipelines) row.active = isThere(row);
  for (const name of config.pipelines.keys()) {
    if (tables.pipelines.some((row) => row.name === name)) continue;
    const row = {
      id: tables.nextId++,
      name,
      active: true,
      counter: 0,
      pausedAt: null,
      pausedReason: null,
      lockedBy: null,
      timerAt: null,
      timerSpec: null,
      timerWaits: null,
      lookAt: null,
    };
    tables.pipelines.push(row);
    touched.push(row);
  }
  listen(tables, config);
  for (const name of config.levels)
    if (!tables.levels.some((row) => row.name === name)) tables.levels.push({ id: tables.nextId++, name });
  depend(tables, config);
  tables.configHash = config.hash;
  return touched.map(({ id }) => id);
}

function listen(tables: Tables, config: Config): void {
  const wanted = [...config.pipelines.values()].flatMap((definition) =>
    listPackageMaterials(definition).map((material) => ({
      pipelineId: idOf(tables.pipelines, definition.name),
      packageId: idOf(tables.packages, nameMaterial(material)),
      mode: material.trigger,
    })),
  );
  const isOf = (row: Pick<ListenerRow, 'pipelineId' | 'packageId'>, one: (typeof wanted)[number]) =>
    row.pipelineId === one.pipelineId && row.packageId === one.packageId;
  for (const row of tables.listeners) if (!wanted.some((one) => isOf(row, one))) row.active = false;
  for (const one of wanted) {
    const row = tables.listeners.find((each) => isOf(each, one));
    if (!row) tables.listeners.push({ ...one, active: true, since: null });
    else if (!row.active) Object.assign(row, { active: true, since: null, mode: one.mode });
    else if (row.mode !== one.mode)
      Object.assign(row, { mode: one.mode, since: row.mode === 'manual' ? null : row.since });
  }
}

function depend(tables: Tables, { pipelines }: Config): void {
  tables.dependencies = [...pipelines.values()]
    .flatMap(({ name, materials }) =>
      materials.filter(isPipelineMaterial).map(({ pipeline, stage, trigger: mode }) => ({
        pipelineId: idOf(tables.pipelines, name),
        upstreamId: idOf(tables.pipelines, pipeline),
        stage,
        mode,
      })),
    )
    .toSorted((a, b) => a.pipelineId - b.pipelineId);
}

function idOf(rows: readonly { readonly id: number; readonly name: string }[], name: string): number {
  const row = rows.find((one) => one.name === name);
  if (!row) throw new Error(`there is no ${name}`);
  return row.id;
}
