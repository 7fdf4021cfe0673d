// npm start: installs, builds, then starts the whole of Marquee (tools/start).
import { build, continueWith, env, install } from './install.mjs';

const args = process.argv.slice(2);
const startedAt = Date.now();
const say = (text) => {
  if (!args.includes('--help'))
    process.stdout.write(`${((Date.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${text}\n`);
};

if (install()) say('packages installed');
if (build()) say('built');
env.MARQUEE_STARTED_AT = String(startedAt);
continueWith('dist/tools/start/src/main.js', args);
