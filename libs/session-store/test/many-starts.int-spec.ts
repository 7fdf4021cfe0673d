import { randomUUID } from 'node:crypto';
import { GivenRecord, NOW, event } from './given-record';

const STARTS = 3000;

describe('a session with many starts', () => {
  let record: GivenRecord;
  beforeAll(async () => {
    record = await GivenRecord.make();
  });
  afterAll(() => record.close());

  const started = (id: string, room: string, second: number) =>
    event('session.started.v1', id, { room_id: room }, { time: new Date(NOW - 700_000 + second * 100).toISOString() });
  /** Sums are those of the whole server's tables, of this database. */
  const looked = async () => {
    await record.sql('SELECT pg_stat_force_next_flush()');
    const [row] = await record.sql<{ n: number }>(
      `SELECT idx_tup_read::int AS n FROM pg_stat_user_indexes WHERE indexrelname = 'room_claims_line'`,
    );
    return row?.n ?? 0;
  };

  it('moves to another room at a cost that each start adds to once', async () => {
    const [from, to, id, neighbour] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    await record.sessions(started(neighbour, from, 1));
    await record.sessions(...Array.from({ length: STARTS }, (_, n) => started(id, from, 10 + n)));
    const before = await looked();
    await record.sessions(started(id, to, 5));
    expect((await looked()) - before).toBeLessThan(STARTS * 20);
    const rows = await record.sql('SELECT id, status FROM sessions WHERE id = $1', [neighbour]);
    expect(rows).toEqual([{ id: neighbour, status: 'live' }]);
    const [derived] = (await record.logged(neighbour)).slice(-1);
    expect(derived?.event).toEqual({ status: 'live', health: null, end_reason: null });
  });
});
