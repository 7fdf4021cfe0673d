// npm run keys, npm run …: installs and builds what is missing or old, then runs a tool: run.mjs NAME [flags].
import { join } from 'node:path';
import { build, continueWith, install, root } from './install.mjs';

const [name, ...args] = process.argv.slice(2);
install();
build();
continueWith(join(root, 'dist', 'tools', name, 'src', 'main.js'), args);
