import { Journal } from '../journal';
import { Outbox } from './outbox';
import type { StormKind } from './storm';
import { Story } from './story';

const TICK_MS = 50;
/** While the broker is away the world goes on; more than this is not kept. */
const MAX_BACKLOG = 20_000;

/**
 * The producer, a process of its own: it knows the brokers and its journal, nothing of Marquee. SIGTERM: it says what
 * it still holds back, waits for the broker's word on everything, and ends. Its parent may ask for a storm, and hears
 * when it is over.
 */
async function main(): Promise<void> {
  const [brokers = '', prefix = '', file = '', options = '{}'] = process.argv.slice(2);
  const journal = new Journal(file);
  const outbox = new Outbox({ brokers, prefix, journal });
  const story = new Story(JSON.parse(options) as ConstructorParameters<typeof Story>[0]);
  const asked = { toStop: false };
  process.on('SIGTERM', () => {
    asked.toStop = true;
  });
  process.on('message', ({ storm }: { storm: StormKind }) => {
    void outbox.putAndWait(story.storm(storm, Date.now())).then(() => process.send?.({ storm }));
  });
  let last = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    if (outbox.backlog < MAX_BACKLOG) outbox.put(story.tick(now, now - last));
    last = now;
  }, TICK_MS);
  while (!asked.toStop) {
    if (!(await outbox.send())) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  clearInterval(timer);
  outbox.put(story.rest());
  while (await outbox.send());
  await outbox.close();
  journal.close();
  // The way to its parent would keep it alive.
  process.disconnect?.();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
