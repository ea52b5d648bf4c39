/** Whether an entry of `plugins:` is the path of a file, rather than the name of an npm package. */
export function isPluginPath(plugin: string): boolean {
  return /^\.{0,2}\//.test(plugin) || /\.[cm]?[jt]s$/.test(plugin);
}
