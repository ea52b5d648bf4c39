import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Packs every package, installs the tarballs into an empty folder, and runs what was installed. */
const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'sluice-pack-'));
const workspaces = [
  'plugin-sdk',
  ...readdirSync(join(root, 'plugins')).map((name) => join('plugins', name)),
  'core',
];

const configuration = `
repositories:
  npm: { plugin: npm, packages: { got: { config: { name: got } } } }
pipelines:
  look: { materials: [{ package: npm/got }], stages: [{ name: print, jobs: { tell: { run: env } } }] }
`;

function run(program: string, args: readonly string[], cwd: string): string {
  console.log(`$ ${program} ${args.join(' ')}`);
  return execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

function expectOutput(text: string, pattern: RegExp): void {
  if (!pattern.test(text)) throw new Error(`expected ${pattern} in:\n${text}`);
}

try {
  for (const workspace of workspaces)
    run('npm', ['pack', '--silent', '--pack-destination', folder], join(root, workspace));
  const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  run('npm', ['install', '--silent', ...tarballs.map((name) => `./${name}`)], folder);

  const sluice = join(folder, 'node_modules/.bin/sluice');
  expectOutput(run(sluice, ['--version'], folder), /^\d+\.\d+\.\d+/);
  writeFileSync(join(folder, 'sluice.yaml'), configuration);
  run(sluice, ['validate'], folder);
  const plugins = run(sluice, ['plugins'], folder);
  for (const id of ['maven', 'npm', 'yum']) expectOutput(plugins, new RegExp(`^${id}\\s.*contract 1`, 'm'));
  expectOutput(run(sluice, ['compare', 'npm', '1.9.0', '1.10.0'], folder), /^<$/m);
  console.log('the packed packages work');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
