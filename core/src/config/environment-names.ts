/** How things are named in a job's environment (SURFACE section 5); the only place that knows. */

/** `as:`, or `<repository>_<package>`, as the `<NAME>` of variables. */
export function toMaterialName(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9]/g, '_').toUpperCase();
}

/**
 * A field's or a data key's part of a name: like a material's, with camelCase split; `groupId` is `GROUP_ID`,
 * `baseURL` is `BASE_URL`.
 */
export function toFieldName(field: string): string {
  return toMaterialName(field.replaceAll(/([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3_$2'));
}

/** The names of what a job is told about one material, whose `<NAME>` is `name`. */
export function nameMaterialVariables(name: string) {
  return {
    label: `GO_PACKAGE_${name}_LABEL`,
    location: `GO_PACKAGE_${name}_LOCATION`,
    /** A package field, or a key of a revision's data. */
    field: (field: string) => `GO_PACKAGE_${name}_${toFieldName(field)}`,
    repositoryField: (field: string) => `GO_REPO_${name}_${toFieldName(field)}`,
    hasChanged: `GO_MATERIAL_${name}_HAS_CHANGED`,
    digest: `SLUICE_PACKAGE_${name}_DIGEST`,
    purl: `SLUICE_PACKAGE_${name}_PURL`,
  } as const;
}

/**
 * The names of what a job is told about one pipeline that is a material, whose `<NAME>` is `name`; GoCD's
 * names.
 */
export function nameDependencyVariables(name: string) {
  return {
    label: `GO_DEPENDENCY_LABEL_${name}`,
    /** `build/17/package/1`: the pipeline, the run's counter, the stage and its counter. */
    locator: `GO_DEPENDENCY_LOCATOR_${name}`,
    hasChanged: `GO_MATERIAL_${name}_HAS_CHANGED`,
  } as const;
}

const reserved = /^(GO_.*|SLUICE_.*|PATH|LD_.*|DYLD_.*|NODE_.*|BASH_ENV|ENV|IFS)$/i;

/** Whether neither a pipeline nor a trigger may set a variable of this name. */
export function isReservedName(name: string): boolean {
  return reserved.test(name);
}
