import { readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const KEPT_MS = 86_400_000;

/** Leaves the files of earlier builds for a day: tabs that are open ask for them. */
export function earlierBuilds() {
  let assets = '';
  return {
    name: 'earlier-builds',
    apply: 'build',
    configResolved({ root, build }) {
      assets = resolve(root, build.outDir, build.assetsDir);
    },
    async buildStart() {
      const files = await readdir(assets).catch(() => []);
      await Promise.all(files.map((file) => removeOld(join(assets, file))));
    },
  };
}

async function removeOld(path) {
  const { mtimeMs } = await stat(path);
  if (mtimeMs < Date.now() - KEPT_MS) await rm(path);
}
