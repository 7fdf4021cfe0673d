// Nest 12 and some others ship ES modules only; jest runs CommonJS. What is CommonJS already passes untouched.
const { createHash } = require('node:crypto');
const { existsSync, readFileSync } = require('node:fs');
const path = require('node:path');
const swc = require('@swc/core');

const ESM_SYNTAX = /^\s*(?:import\s*[\w{*'"]|export\s)|import\.meta/m;

function isModule(file) {
  if (file.endsWith('.mjs')) return true;
  if (file.endsWith('.cjs')) return false;
  for (let dir = path.dirname(file); dir !== path.dirname(dir); dir = path.dirname(dir)) {
    const manifest = path.join(dir, 'package.json');
    if (!existsSync(manifest)) continue;
    const { type } = JSON.parse(readFileSync(manifest, 'utf8'));
    if (type) return type === 'module';
    if (dir.endsWith('node_modules')) return false;
  }
  return false;
}

module.exports = {
  getCacheKey: (source, file) => createHash('sha1').update(source).update(file).update('5').digest('hex'),
  process(original, file) {
    // Modules make their own `__dirname`; the function that jest wraps CommonJS in has one already.
    const source = original.replace(/\b__(dir|file)name\b/g, 'own_$1name');
    if (!isModule(file) && !(file.includes('/esm/') && ESM_SYNTAX.test(source))) return { code: original };
    if (!ESM_SYNTAX.test(source)) return { code: original };
    const { code } = swc.transformSync(source, {
      filename: file,
      jsc: { target: 'es2022', parser: { syntax: 'ecmascript' } },
      module: { type: 'commonjs', ignoreDynamic: false },
      swcrc: false,
    });
    return { code };
  },
};
