// Follows a stream as a page would, and prints what came, one JSON object a line. Arguments: the library, the URL.
import { createRequire } from 'node:module';

const [library, url] = process.argv.slice(2);
const OPENS = {
  eventsource: async () => new (await import('eventsource')).EventSource(url),
  undici: async () => new (await import('undici')).EventSource(url),
  'event-source-polyfill': async () => {
    const { EventSourcePolyfill } = createRequire(import.meta.url)('event-source-polyfill');
    return new EventSourcePolyfill(url);
  },
};

const source = await OPENS[library]();
const say = (what, id, data) => process.stdout.write(`${JSON.stringify({ what, id, data })}\n`);
source.addEventListener('open', () => say('open'));
source.addEventListener('error', () => say(source.readyState === 2 ? 'given up' : 'lost'));
for (const name of ['snapshot', 'delta', 'bye']) {
  source.addEventListener(name, ({ lastEventId, data }) => say(name, lastEventId, JSON.parse(data)));
}
// A page does not end while its source waits to come again; nor does this program.
setInterval(() => {}, 60_000);
