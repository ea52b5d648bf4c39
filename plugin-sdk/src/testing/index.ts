export type { PluginCases, RawSettings, RegistryDocument, RegistryState, WrongSetting } from './cases.ts';
export type { RecordedRequest, Script, ScriptedAnswer } from './faulty-server.ts';
export { testPackagePlugin } from './test-package-plugin.ts';
