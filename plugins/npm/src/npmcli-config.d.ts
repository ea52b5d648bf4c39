/** The part of @npmcli/config that @types/npmcli__config leaves out. */
declare module '@npmcli/config/lib/definitions/index.js' {
  import type Config from '@npmcli/config';

  export const definitions: Config.DefinitionsObject;
  export const shorthands: Config.ShortFlags;
}
