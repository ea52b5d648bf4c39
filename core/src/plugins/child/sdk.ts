import { registerHooks } from 'node:module';

const own = new Map(
  ['@sluice/plugin-sdk', '@sluice/plugin-sdk/http', '@sluice/plugin-sdk/testing'].map((name) => [
    name,
    import.meta.resolve(name),
  ]),
);

/** From now on every import of the SDK, wherever the plugin lies, is Sluice's own copy. */
export function lendSdk(): void {
  registerHooks({
    resolve: (specifier, context, next) => {
      const url = own.get(specifier);
      return url === undefined ? next(specifier, context) : { url, shortCircuit: true };
    },
  });
}

/** Imports a module as if the file at `base` imported it. */
export function importFrom(specifier: string, base: string): Promise<Readonly<Record<string, unknown>>> {
  const hooks = registerHooks({
    resolve: (asked, context, next) =>
      asked === specifier && context.parentURL === import.meta.url
        ? next(asked, { ...context, parentURL: base })
        : next(asked, context),
  });
  return import(specifier).finally(() => hooks.deregister());
}
