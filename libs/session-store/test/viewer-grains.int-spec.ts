import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import {
  type Leaving,
  type SessionCount,
  SessionStore,
  type ViewerHistory,
  allThatLeaves,
  createDataSource,
  viewerHistory,
} from '../src';
import { DEFAULT_POLICY } from '../src/retention/policy';
import { GivenRecord } from './given-record';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WIDTH_MS = 30 * MINUTE_MS;
/** Widths of partitions that are looked at, before NOW. */
const WIDTHS = 6;
const NOW = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const START = NOW - WIDTHS * WIDTH_MS;
const SESSIONS = ['1', '2'].map((n) => `00000000-0000-4000-8000-00000000000${n}`);
const POLICY = { ...DEFAULT_POLICY, viewersTenSecondsHours: 1, viewersMinutesDays: 2 / 24 };

/** What happens to the record; times are seconds since START. */
type Act =
  | { kind: 'counts'; counts: { session: number; at: number; sequence: number; viewers: number }[] }
  | { kind: 'leave'; process: number; table: number; at: number; steps: number };

const counts = fc.record({
  session: fc.nat(SESSIONS.length - 1),
  at: fc.nat((WIDTHS * WIDTH_MS) / 1000 - 1),
  sequence: fc.nat(3),
  viewers: fc.nat(50),
});
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant('counts' as const), counts: fc.array(counts, { minLength: 1, maxLength: 12 }) }),
  fc.record({
    kind: fc.constant('leave' as const),
    process: fc.nat(1),
    table: fc.nat(1),
    at: fc.nat((WIDTHS * WIDTH_MS) / 1000),
    steps: fc.integer({ min: 1, max: 6 }),
  }),
);

describe('viewer history at three grains', () => {
  let given: GivenRecord;
  let processes: { source: DataSource; leaving: Leaving[] }[];
  beforeAll(async () => {
    given = await GivenRecord.make();
    const sources = await Promise.all(
      ['one', 'two'].map((name) => createDataSource({ url: given.url, name }).initialize()),
    );
    processes = sources.map((source) => ({ source, leaving: viewersOf() }));
  });
  afterAll(async () => {
    await Promise.all(processes.map(({ source }) => source.destroy()));
    await given.close();
  });

  /** As a database in which nothing was rolled up yet. */
  async function empty(): Promise<void> {
    await given.sql('TRUNCATE viewer_hours, session_counts, leaving_partitions');
    await given.sql(`UPDATE viewer_grains SET tens_from = '-infinity', minutes_from = '-infinity'`);
    for (const table of ['viewer_buckets', 'viewer_minutes']) {
      const partitions = await given.sql<{ name: string }>(
        `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relname LIKE $1`,
        [`${table}\\_%`],
      );
      for (const { name } of partitions) await given.sql(`DROP TABLE ${name}`);
      for (let from = START; from < NOW; from += WIDTH_MS) {
        const [start, end] = [from, from + WIDTH_MS].map((ms) => `'${new Date(ms).toISOString()}'`);
        const name = `${table}_${from}`;
        await given.sql(`CREATE TABLE ${name} PARTITION OF ${table} FOR VALUES FROM (${start}) TO (${end})`);
      }
    }
  }

  it('shows what a record without retention shows, wherever and whenever rows are rolled up, and counts come late', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 2, maxLength: 14 }), async (acts) => {
        await empty();
        const said: SessionCount[] = [];
        for (const one of acts) {
          if (one.kind === 'leave') {
            const { source, leaving } = processes[one.process] ?? never();
            for (let steps = 0; steps < one.steps; steps++) {
              await (leaving[one.table] ?? never()).step(source, START + one.at * 1000);
            }
          } else {
            const facts = one.counts.map((count, index) => countOf(count, `${said.length}-${index}`));
            said.push(...facts);
            await new SessionStore(given.source).recordViewerSlice(facts, { bad: [], progress: null });
          }
          await expectWhole(given.source, said);
        }
        // Everybody takes away all that is old, at once; then nothing is left of it but what is coarser.
        await Promise.all(processes.map(({ source, leaving }) => all(source, leaving, NOW)));
        await expectWhole(given.source, said);
        const [grains] = await given.sql(`SELECT tens_from, minutes_from FROM viewer_grains`);
        expect(grains).toEqual({ tens_from: new Date(NOW - HOUR_MS), minutes_from: new Date(NOW - 2 * HOUR_MS) });
        const [lowest] = await given.sql(
          `SELECT (SELECT min(bucket) FROM viewer_buckets) >= tens_from IS NOT FALSE AS tens,
             (SELECT min(bucket) FROM viewer_minutes) >= minutes_from IS NOT FALSE AS minutes FROM viewer_grains`,
        );
        expect(lowest).toEqual({ tens: true, minutes: true });
      }),
      { numRuns: 15 },
    );
  });
});

function viewersOf(): Leaving[] {
  return allThatLeaves(POLICY).filter(({ table }) => table.startsWith('viewer_'));
}

async function all(source: DataSource, leaving: readonly Leaving[], now: number): Promise<void> {
  for (const one of leaving) {
    for (let more = true; more;) {
      // Two who take the same partition away wait for each other, and one of them finds that it is done.
      ({ more } = await one.step(source, now).catch(() => ({ more: true })));
    }
  }
}

/** The answers for the whole time, at several steps, are what the counts that were said come to. */
async function expectWhole(source: DataSource, said: readonly SessionCount[]): Promise<void> {
  for (const session of SESSIONS) {
    for (const stepMs of [10_000, 30_000, MINUTE_MS, 90_000, 5 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS]) {
      const history = await viewerHistory(source, session, { from: START, to: NOW, stepMs });
      const mine = said.filter(({ subject }) => subject === session);
      expect({ stepMs, steps: history.steps }).toEqual({ stepMs, steps: expectedSteps(mine, history) });
    }
  }
}

/** By the parts that the answer names. */
function expectedSteps(said: readonly SessionCount[], { parts }: ViewerHistory) {
  const steps = new Map<number, SessionCount[]>();
  for (const one of said) {
    const time = one.at / 1000;
    const part = parts.findLast(({ from }) => from <= time) ?? never();
    const isFirst = part === parts[0];
    const bin = Math.floor(time / part.stepMs) * part.stepMs;
    const at = isFirst ? bin : Math.max(bin, part.from);
    steps.set(at, [...(steps.get(at) ?? []), one]);
  }
  return [...steps]
    .sort(([a], [b]) => a - b)
    .map(([at, of]) => {
      const values = of.map(({ viewer_count: count }) => count);
      const last = [...of].sort(byToken).at(-1) ?? never();
      return { at, min: Math.min(...values), max: Math.max(...values), last: last.viewer_count };
    });
}

function byToken(a: SessionCount, b: SessionCount): number {
  return a.at - b.at || Number(a.sequence) - Number(b.sequence) || (a.id < b.id ? -1 : 1);
}

function countOf(
  { session, at, sequence, viewers }: { session: number; at: number; sequence: number; viewers: number },
  id: string,
): SessionCount {
  return {
    subject: SESSIONS[session] ?? never(),
    at: (START + at * 1000) * 1000,
    sequence: String(sequence),
    source: '/studio',
    id: id.padStart(8, '0'),
    viewer_count: viewers,
  };
}

function never(): never {
  throw new Error('there is one');
}
