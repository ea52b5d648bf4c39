/** The part of @npmcli/config that @types/npmcli__config leaves out. */
declare module '@npmcli/config/lib/definitions/index.js' {
  import type Config from '@npmcli/config';

  const npm: { readonly definitions: Config.DefinitionsObject; readonly shorthands: Config.ShortFlags };
  export default npm;
}
