/** What a packaging says of the file's name. */
export interface PackagingFile {
  readonly extension: string;
  /** Where the packaging implies one. */
  readonly classifier?: string;
}

const jar: PackagingFile = { extension: 'jar' };

/**
 * The artifact handlers of Maven (https://maven.apache.org/ref/3.8.7/maven-core/artifact-handlers.html) and
 * of well-known plugins.
 */
const handlers: ReadonlyMap<string, PackagingFile> = new Map([
  ['ejb', jar],
  ['ejb-client', { extension: 'jar', classifier: 'client' }],
  ['test-jar', { extension: 'jar', classifier: 'tests' }],
  ['maven-plugin', jar],
  ['java-source', { extension: 'jar', classifier: 'sources' }],
  ['javadoc', { extension: 'jar', classifier: 'javadoc' }],
  ['bundle', jar],
  ['eclipse-plugin', jar],
  ['eclipse-test-plugin', jar],
  ['maven-archetype', jar],
  ['hk2-jar', jar],
  ['jenkins-module', jar],
  ['takari-jar', jar],
  ['takari-maven-plugin', jar],
]);

/**
 * The extension, and the implied classifier, of the files of a packaging: of one that Maven does not map, its
 * own name.
 */
export function mapPackaging(packaging: string): PackagingFile {
  return handlers.get(packaging) ?? { extension: packaging };
}
