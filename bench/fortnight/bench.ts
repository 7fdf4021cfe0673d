import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_POLICY, type RetentionPolicy } from '#libs/session-store';
import type { Arena } from '../machinery/arena';
import type { Bench, Measured } from '../machinery/course';
import { PARTS, type Part, STATED } from './capacity';
import { dayOf } from './days';
import { type Left, fortnight } from './fortnight';
import { MovedStack } from './moved-stack';

const DAY_MS = 86_400_000;
const DAYS = 14;
/** At a time. */
const LIVE = 100;
const OFF = 'off what is stated by';
/** What every table has, also when it is empty, is nothing beside so many rows. */
const ROWS_THAT_TELL = 5000;
const DAYS_POLICY = 'a policy of days';
/** Under it partitions of all tables leave within a fortnight. */
const POLICY_OF_DAYS: RetentionPolicy = { ...DEFAULT_POLICY, eventsDays: 8, viewersMinutesDays: 4 };

const of = (part: string, metric: string) => `${metric}, ${part}`;

export const bench: Bench = {
  about:
    'a fortnight of 100 live sessions under a clock that is moved: what stays, its size, and whether all say the same',
  hasOwnServers: true,
  prepare: async (arena, { scale }) => {
    const live = Math.max(2, Math.round(LIVE * scale));
    let runs = 0;
    const run = (policy: RetentionPolicy, sessions: number) =>
      passed(arena, join(arena.directory, `${runs++}`), policy, sessions);
    const parts = Object.keys(PARTS) as Part[];
    return {
      ours: { name: 'ours', run: () => run(DEFAULT_POLICY, live) },
      against: [{ name: DAYS_POLICY, run: () => run(POLICY_OF_DAYS, Math.max(2, Math.round(live / 5))) }],
      // A fortnight has no hours under a policy that keeps minutes for longer: the peer's figures say what they take.
      targets: [...parts.filter((part) => part !== 'hours'), 'all'].map((part) => ({
        name: `size to what is stated: ${part}`,
        metric: of(part, OFF),
        bound: { atMost: 1.25 },
      })),
      headline: of('all', OFF),
      close: async () => undefined,
    };
  },
};

/** Fourteen whole days, and today until now. */
async function passed(arena: Arena, directory: string, policy: RetentionPolicy, live: number): Promise<Measured> {
  const beginMs = dayOf(Date.now()) - DAYS * DAY_MS;
  const variables = {
    EVENTS_KEEP_DAYS: String(policy.eventsDays),
    VIEWERS_KEEP_1MIN_DAYS: String(policy.viewersMinutesDays),
  };
  const starting = MovedStack.start({ directory, beginMs, policy: variables });
  arena.stopsToo(starting);
  const moved = await starting;
  try {
    return figures(await fortnight({ moved, policy, live, beginMs, say: arena.say }));
  } finally {
    for (const line of moved.warnings()) arena.say(line.slice(0, 300));
    await moved.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

function figures({ kept, sizes, empty, walBytes, events, counts }: Left): Measured {
  const measured: Measured = { 'MB in all': Object.values(sizes).reduce((sum, bytes) => sum + bytes, 0) / 1e6 };
  let [stated, found] = [0, 0];
  for (const part of Object.keys(PARTS) as Part[]) {
    if (kept[part] < ROWS_THAT_TELL) continue;
    const [said, grown] = [kept[part] * STATED[part].bytes, sizes[part] - empty[part]];
    [stated, found] = [stated + said, found + grown];
    measured[of(part, 'bytes a row')] = grown / kept[part];
    measured[of(part, OFF)] = Math.max(grown / said, said / grown);
  }
  measured[of('all', OFF)] = Math.max(found / stated, stated / found);
  measured['WAL bytes/event and count'] = walBytes / (events + counts);
  return measured;
}
