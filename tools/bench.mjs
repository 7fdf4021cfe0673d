// npm run bench -- NAME: installs and builds what is missing or old, then measures (bench/README.md).
import { build, continueWith, install } from './install.mjs';

install();
build();
continueWith('dist/bench/main.js', process.argv.slice(2));
