import { toMaterialName } from './environment-names.ts';

const reference = /\$\$\{|\$\{([^}]*)\}/g;

/** The variables that a label template refers to, as they are written: `COUNT`, `npmjs_fastify`. */
export function labelVariables(label: string): readonly string[] {
  return [...label.matchAll(reference)].flatMap(([, variable]) => (variable === undefined ? [] : [variable]));
}

/** The names by which a label can refer to a material's version: its `as:` and `<repository>_<package>`, as {@link toMaterialName} writes them. */
export function labelNames({
  as,
  repository,
  package: packageName,
}: {
  as: string;
  repository: string;
  package: string;
}): readonly string[] {
  return [toMaterialName(as), toMaterialName(`${repository}_${packageName}`)];
}

/** A label with its variables filled in; `lookUp` is given names as {@link toMaterialName} writes them. `$${` stands for `${`. */
export function renderLabel(label: string, lookUp: (name: string) => string): string {
  return label.replaceAll(reference, (_, variable: string | undefined) =>
    variable === undefined ? '${' : lookUp(toMaterialName(variable)),
  );
}
