import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Turns a package that runs from `src/*.ts` into one that runs from `dist/*.js`, for the length of an `npm pack`.
 *
 * npm calls `pack.ts build` as `prepack` and `pack.ts restore` as `postpack`, in the package's folder.
 */
const manifest = 'package.json';
const kept = '.package.json.kept';

function build(): void {
  rmSync('dist', { recursive: true, force: true });
  const tsc = join(import.meta.dirname, '../node_modules/.bin/tsc');
  const project = join(import.meta.dirname, '../tsconfig.json');
  writeFileSync(
    'tsconfig.pack.json',
    JSON.stringify({
      extends: project,
      compilerOptions: { noEmit: false, declaration: true, rootDir: 'src', outDir: 'dist', allowImportingTsExtensions: true },
      include: ['src'],
      exclude: [],
    }),
  );
  try {
    execFileSync(tsc, ['-p', 'tsconfig.pack.json'], { stdio: 'inherit' });
  } finally {
    rmSync('tsconfig.pack.json');
  }
  copyFileSync(manifest, kept);
  const text = readFileSync(manifest, 'utf8');
  const { scripts: _, devDependencies: __, ...published } = JSON.parse(text);
  writeFileSync(manifest, `${JSON.stringify({ ...published, exports: pointAtDist(published.exports) }, null, 2)}\n`);
}

function pointAtDist(target: unknown): unknown {
  if (typeof target === 'string') {
    const built = target.replace('./src/', './dist/').replace(/\.ts$/, '');
    return { types: `${built}.d.ts`, default: `${built}.js` };
  }
  return Object.fromEntries(Object.entries(target as object).map(([name, inner]) => [name, pointAtDist(inner)]));
}

function restore(): void {
  renameSync(kept, manifest);
  rmSync('dist', { recursive: true, force: true });
}

const steps: Readonly<Record<string, () => void>> = { build, restore };
const step = steps[process.argv[2] ?? ''];
if (!step) throw new Error('usage: pack.ts build | restore');
step();
