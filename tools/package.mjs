// npm run package: installs what is missing, then makes the package of the SDK as it is published.
import { continueWith, install } from './install.mjs';

install();
continueWith('libs/client/package/build.mjs', process.argv.slice(2));
