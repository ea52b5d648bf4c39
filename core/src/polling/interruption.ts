/** A poll that must not go on: the configuration that it was asked with is not the active one any more. */
export class ConfigurationChanged extends Error {
  override readonly name = 'ConfigurationChanged';
  constructor() {
    super('the configuration changed during the poll');
  }
}
