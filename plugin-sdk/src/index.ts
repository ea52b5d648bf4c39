export { type BoundaryOptions, type CheckedRevision, checkRevision, findVersionFault } from './boundary.ts';
export { type CredentialSettings, findCredentialProblems, readCredentials } from './credential-settings.ts';
export { eachPackage } from './each-package.ts';
export {
  isPluginError,
  PluginError,
  type PluginErrorCode,
  type PluginErrorOptions,
  pluginErrorCodes,
  toPluginError,
} from './errors.ts';
export { type Field, type FieldSchema, type Fields, field, type Settings } from './fields.ts';
export type {
  Credentials,
  Http,
  HttpResponse,
  RequestOptions,
  ResponseHead,
  StreamedResponse,
  Validators,
} from './http.ts';
export {
  type Call,
  type Cursor,
  contractVersion,
  type Description,
  type DuePackage,
  definePackagePlugin,
  type FieldProblem,
  isPackagePlugin,
  type Log,
  type OpenRepository,
  type PackageAnswer,
  type PackagePlugin,
  type PackagePluginDefinition,
  type PollAnswer,
  type PollCall,
  type RepositoryAnswer,
  type Surroundings,
} from './plugin.ts';
export { type Digests, type Revision, type RevisionFile, type Standing, standings } from './revision.ts';
export { isSecret, Secret } from './secret.ts';
export { parseSettings, revealSecrets, secretNames, toJsonSchema } from './settings.ts';
