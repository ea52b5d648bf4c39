#!/usr/bin/env node
// Plain JavaScript without static imports, so that an older Node can still say what is missing.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    `sluice needs Node 24 or newer, this is ${process.version}: install it, or run "npm start" in the repository, which brings its own`,
  );
  process.exit(1);
}
Promise.all([import('node:fs'), import('node:module')]).then(
  async ([{ existsSync }, { enableCompileCache }]) => {
    // Halves the time to start.
    enableCompileCache();
    const source = new URL('../src/main.ts', import.meta.url);
    const { main } = await import(
      existsSync(source) ? source.href : new URL('../dist/main.js', import.meta.url).href
    );
    await main(process.argv.slice(2));
  },
);
