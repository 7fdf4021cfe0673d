import Redis from 'ioredis';
import { Client } from 'pg';

/** Looks all the time at what Postgres has recorded and what stands in the projection's log. */
export interface ObserveOrder {
  databaseUrl: string;
  redisUrl: string;
  /** The hash tag of the projection. */
  tag: string;
  /** The sessions whose counts are looked at. */
  looked: string[];
}

/** When something was seen first, epoch ms. Of counts: each greater one, in order. */
export interface Seen {
  start: [id: string, at: number][];
  end: [id: string, at: number][];
  count: [id: string, shown: [count: number, at: number][]][];
}

export interface Observed {
  recorded: Seen;
  projected: Seen;
}

/** How exact the times of Postgres are. */
const LOOK_EVERY_MS = 8;

class Notes {
  private readonly start = new Map<string, number>();
  private readonly end = new Map<string, number>();
  private readonly count = new Map<string, [number, number][]>();

  get seen(): Seen {
    return { start: [...this.start], end: [...this.end], count: [...this.count] };
  }

  /** Sessions that have begun, and not ended as far as is known. */
  get live(): string[] {
    return [...this.start.keys()].filter((id) => !this.end.has(id));
  }

  note(what: 'start' | 'end', id: string, at: number): void {
    if (!this[what].has(id)) this[what].set(id, at);
  }

  noteCount(id: string, count: number, at: number): void {
    const shown = this.count.get(id) ?? [];
    if ((shown.at(-1)?.[0] ?? 0) < count) shown.push([count, at]);
    this.count.set(id, shown);
  }
}

const [recorded, projected] = [new Notes(), new Notes()];

async function lookAtPostgres({ databaseUrl, looked }: ObserveOrder): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const since = new Date().toISOString();
  for (;;) {
    const { rows } = await client.query<{ id: string; what: 'start' | 'end' | 'count'; count: number }>(
      `SELECT id, 'start' AS what, 0 AS count FROM sessions WHERE status = 'live' AND started_at > $1
       UNION ALL SELECT id, 'end', 0 FROM sessions WHERE id = ANY($2) AND status = 'ended'
       UNION ALL SELECT session_id, 'count', viewer_count FROM session_counts WHERE session_id = ANY($3)`,
      [since, recorded.live, looked],
    );
    const at = Date.now();
    for (const { id, what, count } of rows) {
      if (what === 'count') recorded.noteCount(id, count, at);
      else recorded.note(what, id, at);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function followTheLog({ redisUrl, tag, looked }: ObserveOrder): Promise<void> {
  const redis = new Redis(redisUrl);
  const epoch = (await redis.hget(`{${tag}}:meta`, 'epoch')) ?? '';
  const those = new Set(looked);
  let last = '$';
  for (;;) {
    const answer = await redis.xread('COUNT', 500, 'BLOCK', 1000, 'STREAMS', `{${tag}}:${epoch}:log`, last);
    const at = Date.now();
    for (const [id, fields] of answer?.[0]?.[1] ?? []) {
      last = id;
      for (let index = 0; index + 1 < fields.length; index += 2) note(fields[index] ?? '', fields[index + 1] ?? '', at);
    }
  }

  function note(name: string, body: string, at: number): void {
    const [kind, id = ''] = name.split(' ');
    if (kind === 's') projected.note('start', id, at);
    if (kind === 'x') projected.note('end', id, at);
    if (kind !== 'c' || !those.has(id)) return;
    projected.noteCount(id, (JSON.parse(body) as { viewer_count: number }).viewer_count, at);
  }
}

process.on('message', (message: ObserveOrder | 'tell') => {
  if (message === 'tell') {
    const observed: Observed = { recorded: recorded.seen, projected: projected.seen };
    process.send?.(observed);
    return;
  }
  void Promise.all([lookAtPostgres(message), followTheLog(message)]);
});
process.on('disconnect', () => process.exit(0));
