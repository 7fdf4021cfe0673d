// npm start: installs, builds, then starts the whole of Marquee (tools/start).
import { build, continueWith, install } from './install.mjs';

const args = process.argv.slice(2);
const startedAt = Date.now();
const say = (text) => {
  if (!args.includes('--help'))
    process.stdout.write(`${((Date.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${text}\n`);
};

if (install()) say('packages installed');
if (build()) say('built');
process.env.MARQUEE_STARTED_AT = String(startedAt);
const { env } = await import('./install.mjs');
env.MARQUEE_STARTED_AT = String(startedAt);
continueWith('dist/tools/start/src/main.js', args);
