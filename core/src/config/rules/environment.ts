import {
  isReservedName,
  nameDependencyVariables,
  nameMaterialVariables,
  toMaterialName,
} from '../environment-names.ts';
import { labelNames, labelVariables } from '../label.ts';
import { fieldNames } from '../plugin-rules.ts';
import type { Finding, Path } from '../problem.ts';
import type { Incomplete, RawPipeline } from '../raw-config.ts';
import { atKey, atValue, entriesOf, itemsOf, type Rule, type Subject } from './rule.ts';

type Material = {
  readonly path: Path;
  readonly reference: string;
  readonly as: string;
} & ({ readonly repository: string; readonly package: string } | { readonly pipeline: string });

/** What jobs see is unambiguous: variables do not collide, and labels refer to what there is. */
export const checkEnvironment: Rule = function* (subject) {
  for (const [name, pipeline] of entriesOf(subject.config.pipelines)) {
    const at = ['pipelines', name];
    const materials = listMaterials(at, pipeline);
    yield* checkCollisions(subject, materials);
    yield* checkLabel([...at, 'label'], pipeline.label, materials);
    for (const variable of Object.keys(pipeline.environment ?? {})) {
      if (isReservedName(variable))
        yield atKey(
          [...at, 'environment', variable],
          `"${variable}" can be set by nobody but Sluice; choose another name`,
        );
    }
  }
};

function listMaterials(at: Path, { materials }: Incomplete<RawPipeline>): readonly Material[] {
  return itemsOf(materials).flatMap(([index, { package: reference, pipeline, as }]): readonly Material[] => {
    if (pipeline !== undefined) {
      const path = [...at, 'materials', index, as === undefined ? 'pipeline' : 'as'];
      return [{ path, reference: pipeline, pipeline, as: toMaterialName(as ?? pipeline) }];
    }
    const [repository, packageName] = reference?.split('/') ?? [];
    if (reference === undefined || repository === undefined || packageName === undefined) return [];
    const name = toMaterialName(as ?? `${repository}_${packageName}`);
    return [
      {
        path: [...at, 'materials', index, as === undefined ? 'package' : 'as'],
        reference,
        repository,
        package: packageName,
        as: name,
      },
    ];
  });
}

function* checkCollisions(subject: Subject, materials: readonly Material[]): Generator<Finding> {
  const names = new Map<string, Material>();
  const variables = new Map<string, Material>();
  for (const material of materials) {
    const namesake = names.get(material.as);
    if (namesake?.reference === material.reference) continue;
    if (namesake) {
      yield atValue(
        material.path,
        `"${material.reference}" and "${namesake.reference}" are both ${material.as} to jobs; tell them apart with as:`,
      );
      continue;
    }
    names.set(material.as, material);
    for (const variable of listVariables(subject, material)) {
      const other = variables.get(variable);
      if (other)
        yield atValue(
          material.path,
          `${variable} would come from "${other.reference}" and from "${material.reference}"; tell them apart with as:`,
        );
      variables.set(variable, material);
    }
  }
}

/**
 * Every variable that a material brings; the keys of a revision's data are not known, and give way to all
 * others.
 */
function listVariables({ config, plugins }: Subject, material: Material): readonly string[] {
  if ('pipeline' in material) return Object.values(nameDependencyVariables(material.as));
  const plugin = plugins?.get(config.repositories?.[material.repository]?.plugin ?? '');
  const { field, repositoryField, ...others } = nameMaterialVariables(material.as);
  return [
    ...Object.values(others),
    ...fieldNames(plugin?.package ?? {}).map(field),
    ...fieldNames(plugin?.repository ?? {}).map(repositoryField),
  ];
}

function* checkLabel(
  path: Path,
  label: string | undefined,
  materials: readonly Material[],
): Generator<Finding> {
  const claims = materials.flatMap((material) => [...new Set(labelNames(material))]);
  for (const variable of labelVariables(label ?? '')) {
    if (variable === 'COUNT') continue;
    const name = toMaterialName(variable);
    const matches = claims.filter((claim) => claim === name).length;
    if (/^(env|file):/.test(variable))
      yield atValue(
        path,
        `label: everybody sees a label, so \${${variable}} is not filled in there; remove it`,
      );
    else if (matches === 0)
      yield atValue(
        path,
        `label: \${${variable}} is unknown; there are ${['COUNT', ...new Set(claims)].map((known) => `\${${known}}`).join(', ')}`,
      );
    else if (matches > 1)
      yield atValue(path, `label: \${${variable}} may be two materials; tell them apart with as:`);
  }
}
