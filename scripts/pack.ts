import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Turns a package that runs from `src/*.ts` into one that runs from `dist/*.js`, for the length of an `npm
 * pack`.
 *
 * npm calls `pack.ts build` as `prepack` and `pack.ts restore` as `postpack`, in the package's folder.
 */
const root = join(import.meta.dirname, '..');
const sdk = join(root, 'plugin-sdk');
const sdkTypes = join(sdk, 'dist-types');
const manifest = 'package.json';
const kept = '.package.json.kept';

function build(): void {
  rmSync('dist', { recursive: true, force: true });
  if (process.cwd() !== sdk) compile(sdk, { emitDeclarationOnly: true, outDir: sdkTypes });
  compile(process.cwd(), {
    outDir: 'dist',
    // Inside the repository the SDK's exports are its sources, which are not this package's to compile.
    paths: {
      '@sluice/plugin-sdk': [join(sdkTypes, 'index.d.ts')],
      '@sluice/plugin-sdk/*': [join(sdkTypes, '*/index.d.ts')],
    },
  });
  copyFileSync(manifest, kept);
  const {
    scripts: _scripts,
    devDependencies: _dev,
    ...published
  } = JSON.parse(readFileSync(manifest, 'utf8'));
  writeFileSync(
    manifest,
    `${JSON.stringify({ ...published, exports: pointAtDist(published.exports) }, null, 2)}\n`,
  );
}

function compile(folder: string, options: Readonly<Record<string, unknown>>): void {
  const project = join(folder, 'tsconfig.pack.json');
  const compilerOptions = { noEmit: false, declaration: true, rootDir: 'src', ...options };
  writeFileSync(
    project,
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, include: ['src'], exclude: [] }),
  );
  try {
    execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', project], { stdio: 'inherit' });
  } finally {
    rmSync(project);
  }
}

function pointAtDist(target: unknown): unknown {
  if (typeof target === 'string') {
    const built = target.replace('./src/', './dist/').replace(/\.ts$/, '');
    return { types: `${built}.d.ts`, default: `${built}.js` };
  }
  return Object.fromEntries(
    Object.entries(target as object).map(([name, inner]) => [name, pointAtDist(inner)]),
  );
}

function restore(): void {
  renameSync(kept, manifest);
  rmSync('dist', { recursive: true, force: true });
  rmSync(sdkTypes, { recursive: true, force: true });
}

const steps: Readonly<Record<string, () => void>> = { build, restore };
const step = steps[process.argv[2] ?? ''];
if (!step) throw new Error('usage: pack.ts build | restore');
step();
