export type { PluginCases, RawSettings, RegistryDocument, RegistryState, WrongSetting } from './cases.ts';
export type { FaultName } from './faults.ts';
export {
  type FaultyServer,
  type FaultyServerOptions,
  type RecordedRequest,
  type Script,
  type ScriptedAnswer,
  startFaultyServer,
} from './faulty-server.ts';
export { testPackagePlugin } from './test-package-plugin.ts';
