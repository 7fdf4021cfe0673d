// npm run keys, npm run …: installs and builds what is missing or old, then runs it: run.mjs PATH-IN-DIST [flags].
import { join } from 'node:path';
import { build, continueWith, install, root } from './install.mjs';

const [path, ...args] = process.argv.slice(2);
install();
build();
continueWith(join(root, 'dist', `${path}.js`), args);
