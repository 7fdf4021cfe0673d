// Makes the package of the SDK, as it is published: ESM, CommonJS and types of each entry, in the folder that is named.
//   node libs/client/package/build.mjs [FOLDER]      default: dist/client-package
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..', '..');
const out = resolve(process.argv[2] ?? join(root, 'dist', 'client-package'));
const src = join(here, '..', 'src');

await build({
  config: false,
  cwd: here,
  entry: { index: join(src, 'index.ts'), kafka: join(src, 'kafka/index.ts'), react: join(src, 'react/index.ts') },
  outDir: join(out, 'dist'),
  format: ['esm', 'cjs'],
  platform: 'neutral',
  target: 'es2022',
  // None of our modules does anything when it is loaded.
  treeshake: { moduleSideEffects: false },
  fixedExtension: true,
  dts: true,
  tsconfig: join(here, 'tsconfig.json'),
  sourcemap: false,
  logLevel: 'warn',
  inputOptions: {
    resolve: { conditionNames: ['source-ts', 'import', 'default'] },
    checks: { pluginTimings: false },
  },
  // A chunk of its own, or the other entries would load that of Kafka for it.
  outputOptions: { codeSplitting: { groups: [{ name: 'rolldown-runtime', test: /rolldown.runtime/ }] } },
});
await mkdir(out, { recursive: true });
for (const file of ['package.json', 'README.md']) await copyFile(join(here, file), join(out, file));
