import type { QueryRunner } from 'typeorm';
import { type Columns, unnest } from '../columns';
import type { Loggable } from '../slice/loggable';
import { copyInto } from '../wire/copy-into';
import { IDENTITY_KEY, type Identity, identityOf, isKeptAs } from './identity';

const COLUMNS: Columns<Identity> = [
  ['identity', 'uuid'],
  ['content', 'uuid'],
  ['day', 'date'],
];
const UNIQUE_VIOLATION = '23505';

export interface TakenIn<E> {
  /** Their identity was there, with the same content; also where the first of them is in the same call. */
  known: Set<E>;
  /** Their identity is held by an event with another content; they are not to be folded. */
  conflicts: Set<E>;
}

/**
 * Takes the identities of events, in the caller's transaction; an identity that is taken is never given away. Waits for
 * other transactions that take the same ones. All take them in one order, so that no two wait for each other.
 */
export async function takeIn<E extends Pick<Loggable, 'event' | 'at'>>(
  runner: QueryRunner,
  events: readonly E[],
): Promise<TakenIn<E>> {
  const [known, conflicts] = [new Set<E>(), new Set<E>()];
  const firsts = new Map<string, Identity>();
  const repeated: [E, Identity][] = [];
  const owners = new Map<string, E>();
  const now = Date.now();
  for (const one of events) {
    const row = identityOf(one, now);
    const key = IDENTITY_KEY(row);
    if (firsts.has(key)) repeated.push([one, row]);
    else {
      firsts.set(key, row);
      owners.set(key, one);
    }
  }
  const held = await take(runner, [...firsts.values()].sort(inOneOrder));
  for (const [key, content] of held) {
    const owner = owners.get(key);
    if (!owner) continue;
    const isKnown = content === firsts.get(key)?.content || isKeptAs(content, owner.event);
    (isKnown ? known : conflicts).add(owner);
  }
  for (const [one, row] of repeated) {
    const key = IDENTITY_KEY(row);
    const content = held.get(key);
    const isKnown =
      content === undefined
        ? firsts.get(key)?.content === row.content
        : content === row.content || isKeptAs(content, one.event);
    (isKnown ? known : conflicts).add(one);
  }
  return { known, conflicts };
}

/**
 * By day, then by identity. COPY fills the partitions one after the other, so that this is the order in which the index
 * of each is asked whether an identity is free; INSERT keeps it too.
 */
function inOneOrder(a: Identity, b: Identity): number {
  return a.day === b.day ? (a.identity < b.identity ? -1 : 1) : a.day < b.day ? -1 : 1;
}

/** Takes what is free. Gives the contents of the identities that were not, by their keys. */
async function take(runner: QueryRunner, rows: readonly Identity[]): Promise<Map<string, string>> {
  if (rows.length === 0) return new Map();
  await runner.query('SAVEPOINT inbox');
  try {
    await copyInto(runner, 'event_inbox', COLUMNS, rows);
    await runner.query('RELEASE SAVEPOINT inbox');
    return new Map();
  } catch (error) {
    if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
  }
  await runner.query('ROLLBACK TO SAVEPOINT inbox');
  return takeFree(runner, rows);
}

interface Held {
  identity: string;
  content: string;
  day_ms: number;
}

async function takeFree(runner: QueryRunner, rows: readonly Identity[]): Promise<Map<string, string>> {
  const { from, values } = unnest(COLUMNS, rows);
  const free = (await runner.query(
    `INSERT INTO event_inbox (identity, content, day) SELECT identity, content, day FROM ${from}
     ON CONFLICT (identity, day) DO NOTHING
     RETURNING replace(identity::text, '-', '') AS identity, extract(epoch FROM day)::float8 * 1000 AS day_ms`,
    values,
  )) as Omit<Held, 'content'>[];
  const taken = new Set(free.map(({ identity, day_ms: day }) => IDENTITY_KEY({ identity, day })));
  const asked = rows.filter((row) => !taken.has(IDENTITY_KEY(row)));
  if (asked.length === 0) return new Map();
  const others = unnest(COLUMNS, asked);
  // LATERAL with LIMIT: one look into one index for each, whatever the planner believes of the table.
  const held = (await runner.query(
    `SELECT replace(given.identity::text, '-', '') AS identity, replace(e.content::text, '-', '') AS content,
       extract(epoch FROM given.day)::float8 * 1000 AS day_ms
     FROM ${others.from} CROSS JOIN LATERAL (
       SELECT content FROM event_inbox WHERE identity = given.identity AND day = given.day LIMIT 1) AS e`,
    others.values,
  )) as Held[];
  return new Map(held.map(({ identity, content, day_ms: day }) => [IDENTITY_KEY({ identity, day }), content]));
}
