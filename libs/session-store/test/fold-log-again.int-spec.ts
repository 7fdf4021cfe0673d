import { randomUUID } from 'node:crypto';
import { foldLogAgain } from '../src';
import { GivenRecord, NOW, event } from './given-record';

const at = (seconds: number) => ({ time: new Date(NOW - 60_000 + seconds * 1000).toISOString() });

describe('sessions that are folded again from their log', () => {
  let given: GivenRecord;
  const [room, first, second, third, beaten] = [randomUUID(), ...Array.from({ length: 4 }, () => randomUUID())] as [
    string,
    string,
    string,
    string,
    string,
  ];

  const PLAN = { title: 'Plan', room_id: room, mode: 'rtmp', scheduled_start_time: new Date(NOW).toISOString() };

  beforeEach(async () => {
    given = await GivenRecord.make();
    await given.sessions(
      event('session.scheduled.v1', first, PLAN, at(0)),
      event('session.started.v1', first, { title: 'First', room_id: room, lease_seconds: 600 }, at(1)),
    );
    await given.sessions(event('session.updated.v1', first, { description: 'Late', title: 'First of all' }, at(2)));
    await given.sessions(event('session.started.v1', second, { title: 'Second', room_id: room }, at(10)));
    await given.sessions(
      event('session.started.v1', third, { title: 'Third' }, at(4)),
      event('session.ended.v1', third, { reason: 'done' }, at(5)),
      event('session.started.v1', beaten, { title: 'Beaten', lease_seconds: 60 }, at(5)),
      event('session.heartbeat.v1', beaten, {}, at(30)),
    );
  });
  afterEach(() => given.close());

  const state = async () => ({
    sessions: await given.sql('SELECT to_jsonb(s) - $1::text[] AS row FROM sessions s ORDER BY id', [['version']]),
    folds: await given.sql(`SELECT id, room_id, content, fold FROM session_folds ORDER BY id`),
    claims: await given.sql(`SELECT * FROM room_claims ORDER BY session_id, at`),
    signals: await given.sql(`SELECT * FROM session_signals ORDER BY session_id`),
    texts: await given.sql(`SELECT * FROM session_texts ORDER BY session_id`),
    totals: await given.sql(`SELECT sum(live) AS live, sum(ended) AS ended FROM session_totals`),
  });
  const damages: [string, string, string[]][] = [
    ['a title that somebody changed', `UPDATE sessions SET title = 'Wrong' WHERE id = '${first}'`, [first]],
    [
      'a status that somebody changed',
      `UPDATE sessions SET status = 'live', ended_at = NULL WHERE id = '${third}'`,
      [third],
    ],
    [
      'the value of a fold',
      `UPDATE session_folds SET fold = replace(fold, 'First of all', 'Something') WHERE id = '${first}'`,
      [first],
    ],
    ['a claim that is gone', `DELETE FROM room_claims WHERE session_id = '${second}'`, [second]],
    ['a claim in no room', `UPDATE room_claims SET room_id = NULL WHERE session_id = '${second}'`, [second]],
  ];

  it('are all right where nothing is wrong, and nothing is written', async () => {
    const before = await state();
    expect(await foldLogAgain(given.source, true)).toEqual({ right: 4, mended: [], notWhole: [] });
    expect(await state()).toEqual(before);
    expect(await given.sql('SELECT max(version)::int AS version FROM sessions WHERE id = $1', [second])).toEqual([
      { version: 1 },
    ]);
  });

  it.each(damages)('are as they were before: %s', async (_, damage, mended) => {
    const before = await state();
    await given.sql('DELETE FROM outbox');
    await given.sql(damage);
    const wouldBe = await foldLogAgain(given.source, false);
    expect(wouldBe).toEqual({ right: 4 - mended.length, mended, notWhole: [] });
    expect(await foldLogAgain(given.source, true)).toEqual(wouldBe);
    expect(await state()).toEqual(before);
    expect(await foldLogAgain(given.source, true)).toEqual({ right: 4, mended: [], notWhole: [] });
    const told = await given.sql<{ id: string }>('SELECT unnest(sessions) AS id FROM outbox');
    expect(told.map(({ id }) => id)).toEqual(damage.includes('room_claims') ? [] : mended);
  });

  it('mend whom a lost claim had given back its room', async () => {
    const before = await state();
    await given.sql(`DELETE FROM room_claims WHERE session_id = $1`, [second]);
    // As somebody saw it meanwhile.
    await given.sql(`UPDATE sessions SET status = 'live', ended_at = NULL, end_reason = NULL WHERE id = $1`, [first]);
    expect((await foldLogAgain(given.source, true)).mended).toEqual([first, second].sort());
    expect(await state()).toEqual(before);
  });

  it('stay as they are where the log lacks what was said of them', async () => {
    await given.sql(`DELETE FROM session_log WHERE subject = $1 AND entries LIKE '%First of all%'`, [first]);
    await given.sql(`DELETE FROM session_log WHERE subject = $1`, [third]);
    await given.sql(`UPDATE sessions SET title = 'Kept' WHERE id = ANY($1)`, [[first, third]]);
    const before = await state();
    const found = await foldLogAgain(given.source, true);
    expect({ ...found, notWhole: found.notWhole.sort() }).toEqual({
      right: 2,
      mended: [],
      notWhole: [first, third].sort(),
    });
    expect(await state()).toEqual(before);
  });
});
