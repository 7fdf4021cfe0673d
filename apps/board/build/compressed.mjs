import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const WORTH_IT = /\.(?:html|js|css|svg|json)$/;
const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

/** Writes beside each text file its brotli and gzip forms, so that no server has to make them. */
export function compressed() {
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle: {
      sequential: true,
      order: 'post',
      async handler({ dir }) {
        const files = await readdir(dir, { recursive: true });
        await Promise.all(files.filter((file) => WORTH_IT.test(file)).map((file) => compress(join(dir, file))));
      },
    },
  };
}

async function compress(path) {
  if (await isCompressed(path)) return;
  const bytes = await readFile(path);
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  await Promise.all([
    brotli(bytes, { params }).then((made) => writeFile(`${path}.br`, made)),
    zip(bytes, { level: 9 }).then((made) => writeFile(`${path}.gz`, made)),
  ]);
}

/** Of an earlier build: what this one wrote is newer than its forms. */
async function isCompressed(path) {
  const [file, form] = await Promise.all([path, `${path}.gz`].map((one) => stat(one).catch(() => undefined)));
  return form !== undefined && form.mtimeMs > file.mtimeMs;
}
