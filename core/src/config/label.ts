import { toMaterialName } from './environment-names.ts';

const reference = /\$\$\{|\$\{([^}]*)\}/g;

/** The variables that a label template refers to, as they are written: `COUNT`, `npmjs_fastify`. */
export function labelVariables(label: string): readonly string[] {
  return [...label.matchAll(reference)].flatMap(([, variable]) => (variable === undefined ? [] : [variable]));
}

/** What {@link labelNames} needs of a material. */
type Named =
  | { readonly as: string; readonly repository: string; readonly package: string }
  | { readonly as: string; readonly pipeline: string };

/**
 * The names by which a label can refer to a material, as {@link toMaterialName} writes them: its `as:`, and
 * `<repository>_<package>` for the version of a package or the pipeline's name for the label of its run.
 */
export function labelNames(material: Named): readonly string[] {
  const own = 'pipeline' in material ? material.pipeline : `${material.repository}_${material.package}`;
  return [toMaterialName(material.as), toMaterialName(own)];
}

/**
 * A label with its variables filled in; `lookUp` is given names as {@link toMaterialName} writes them. `$${`
 * stands for `${`.
 */
export function renderLabel(label: string, lookUp: (name: string) => string): string {
  return label.replaceAll(reference, (_, variable: string | undefined) =>
    variable === undefined ? '${' : lookUp(toMaterialName(variable)),
  );
}
