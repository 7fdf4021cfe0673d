// Nest 12 and some others ship ES modules only; jest runs CommonJS. What is CommonJS already passes untouched.
const { createHash } = require('node:crypto');
const { existsSync, readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const swc = require('@swc/core');

const ESM_SYNTAX = /^\s*(?:import\s*[\w{*'"]|export\s)|import\.meta/m;

function isModule(file) {
  if (file.endsWith('.mjs')) return true;
  if (file.endsWith('.cjs')) return false;
  for (let dir = dirname(file); dir !== dirname(dir); dir = dirname(dir)) {
    const manifest = join(dir, 'package.json');
    if (!existsSync(manifest)) continue;
    const { type } = JSON.parse(readFileSync(manifest, 'utf8'));
    if (type) return type === 'module';
    if (dir.endsWith('node_modules')) return false;
  }
  return false;
}

module.exports = {
  getCacheKey: (source, file) => createHash('sha1').update(source).update(file).update('2').digest('hex'),
  process(source, file) {
    if (!isModule(file) && !(file.includes('/esm/') && ESM_SYNTAX.test(source))) return { code: source };
    if (!ESM_SYNTAX.test(source)) return { code: source };
    const { code } = swc.transformSync(source, {
      filename: file,
      jsc: { target: 'es2022', parser: { syntax: 'ecmascript' } },
      module: { type: 'commonjs', ignoreDynamic: true },
      swcrc: false,
    });
    return {
      code: code
        .replaceAll('import.meta.url', '("file://" + __filename)')
        .replaceAll('import.meta.dirname', '__dirname'),
    };
  },
};
