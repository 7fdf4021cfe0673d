import { randomUUID } from 'node:crypto';
import {
  type Difference,
  addToTotals,
  repairReferenceTexts,
  repairSessions,
  tellAgain,
  totalsAgainstCount,
  underWay,
  verifyReferenceTexts,
  verifySessions,
} from '../src';
import { GivenRecord, NOW, event } from './given-record';

const at = (ms: number) => ({ time: new Date(NOW + ms).toISOString() });

describe('what the record says of itself', () => {
  let record: GivenRecord;
  const [room, host, otherRoom, nobody] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const [live, taken, scheduled, ended, silent] = Array.from({ length: 5 }, () => randomUUID()) as [
    string,
    string,
    string,
    string,
    string,
  ];

  beforeAll(async () => {
    record = await GivenRecord.make();
    await record.directory(
      event('room.changed.v1', room, { title: 'Der große Saal', host_id: host }),
      event('host.changed.v1', host, { username: 'Jane' }),
    );
    await record.sessions(
      event('session.started.v1', taken, { room_id: room, title: 'Before' }, at(-90_000)),
      event('session.started.v1', live, { room_id: room, title: 'Ramen für alle', lease_seconds: 30 }, at(-60_000)),
      event('session.heartbeat.v1', live, {}, at(-1000)),
      event('session.scheduled.v1', scheduled, {
        room_id: otherRoom,
        title: 'Later',
        mode: 'webcam',
        scheduled_start_time: new Date(NOW + 3_600_000).toISOString(),
      }),
      event('session.started.v1', ended, { title: 'Over' }, at(-80_000)),
      event('session.ended.v1', ended, {}, at(-70_000)),
      event('session.updated.v1', silent, { description: 'never listed' }),
    );
    await record.viewers(
      event('viewers.counted.v1', live, { viewer_count: 40 }, at(-50_000)),
      event('viewers.counted.v1', live, { viewer_count: 25 }, at(-20_000)),
      event('viewers.counted.v1', randomUUID(), { viewer_count: 3 }),
    );
  });
  afterAll(() => record.close());

  async function differences(): Promise<Difference[]> {
    const found: Difference[] = [];
    for await (const page of verifySessions(record.source)) found.push(...page.differences);
    for await (const page of verifyReferenceTexts(record.source)) found.push(...page.differences);
    return [...found, ...(await totalsAgainstCount(record.source)).differences];
  }

  const told = (all: readonly Difference[]) => all.map(({ kind, id, where }) => ({ kind, id, where }));

  it('agrees after ordinary slices, and says how much was looked at', async () => {
    expect(await differences()).toEqual([]);
    const pages = [];
    for await (const page of verifySessions(record.source)) pages.push(page);
    expect(pages).toEqual([{ differences: [], size: 5, counted: 2, unknownCounts: 0, signals: 3 }]);
  });

  it('looks at each once, however small the pages are', async () => {
    const pages = [];
    for await (const page of verifySessions(record.source, 2)) pages.push(page);
    // One that was only counted has its place in a page as well.
    expect(pages).toHaveLength(3);
    expect(pages.reduce((sum, { size }) => sum + size, 0)).toBe(5);
    expect(pages.reduce((sum, { counted }) => sum + counted, 0)).toBe(2);
  });

  /** What is spoiled by hand; the kind and place that must be named; whether it can be derived again. */
  const spoils: [what: string, sql: string, kind: string, id: string, where: RegExp][] = [
    ['a title', `UPDATE sessions SET title = 'Spoiled' WHERE id = '${live}'`, 'session', live, /^sessions\.title$/],
    ['a status', `UPDATE sessions SET status = 'ended' WHERE id = '${live}'`, 'session', live, /^sessions\.status$/],
    ['a version', `UPDATE sessions SET version = 99 WHERE id = '${live}'`, 'session', live, /^sessions\.version$/],
    ['a session that lacks', `DELETE FROM sessions WHERE id = '${live}'`, 'session', live, /^sessions$/],
    ['the digest', `UPDATE session_folds SET content = '\\x00' WHERE id = '${live}'`, 'fold', live, /content/],
    [
      'the room of a fold',
      `UPDATE session_folds SET room_id = '${otherRoom}' WHERE id = '${live}'`,
      'fold',
      live,
      /room_id/,
    ],
    [
      'a look that is due too late',
      `UPDATE session_signals SET due = due + interval '1 hour' WHERE session_id = '${live}'`,
      'signals',
      live,
      /due/,
    ],
    [
      'a look that nobody plans',
      `UPDATE session_signals SET due = NULL WHERE session_id = '${live}'`,
      'signals',
      live,
      /due/,
    ],
    [
      'a calm that is none',
      `UPDATE session_signals SET calm = true WHERE session_id = '${scheduled}'`,
      'signals',
      scheduled,
      /calm/,
    ],
    [
      'a text',
      `UPDATE session_texts SET folded = 'other' WHERE session_id = '${live}'`,
      'text',
      live,
      /^session_texts\.folded$/,
    ],
    ['grams', `UPDATE session_texts SET grams = '{abc}' WHERE session_id = '${live}'`, 'text', live, /grams/],
    [
      'a text that lacks',
      `DELETE FROM session_texts WHERE session_id = '${silent}'`,
      'text',
      silent,
      /^session_texts$/,
    ],
    [
      'a claim on another room',
      `UPDATE room_claims SET room_id = '${otherRoom}' WHERE session_id = '${live}'`,
      'claim',
      live,
      /room_id/,
    ],
    ['a claim that lacks', `DELETE FROM room_claims WHERE session_id = '${live}'`, 'claim', live, /^room_claims$/],
    [
      'the text of a room',
      `UPDATE reference_texts SET folded = 'x' WHERE id = '${room}'`,
      'entity text',
      room,
      /folded/,
    ],
    [
      'the text of nothing',
      `INSERT INTO reference_texts VALUES ('${nobody}', 'room', 1, '', '{}')`,
      'entity text',
      nobody,
      /^reference_texts$/,
    ],
    ['a total', `UPDATE session_totals SET live = live + 5`, 'total', 'live', /live$/],
  ];

  it.each(spoils)('names %s, and brings it back', async (_, sql, kind, id, where) => {
    await record.sql(sql);
    const found = await differences();
    expect(told(found)).toContainEqual({ kind, id, where: expect.stringMatching(where) as string });

    const ofSessions = found.filter((one) => ['session', 'fold', 'signals', 'text', 'claim'].includes(one.kind));
    await repairSessions(record.source, [...new Set(ofSessions.map((one) => one.id))].sort());
    await repairReferenceTexts(
      record.source,
      found.filter((one) => one.kind === 'entity text').map((one) => one.id),
    );
    await addToTotals(record.source);
    expect(await differences()).toEqual([]);
  });

  it('derives the neighbours of a claim again that came back', async () => {
    await record.sql(`DELETE FROM room_claims WHERE session_id = $1`, [live]);
    // As if it had been derived while the claim was away.
    await record.sql(
      `UPDATE sessions SET status = 'live', ended_at = NULL, end_reason = NULL, health = NULL WHERE id = $1`,
      [taken],
    );
    await record.sql(`UPDATE session_folds SET content = '\\x00' WHERE id = $1`, [taken]);
    expect(await repairSessions(record.source, [live])).toEqual([live, taken].sort());
    expect(await record.sql(`SELECT status, end_reason FROM sessions WHERE id = $1`, [taken])).toEqual([
      { status: 'ended', end_reason: 'superseded' },
    ]);
    await addToTotals(record.source);
    expect(await differences()).toEqual([]);
  });

  it('lets the version of what it repairs grow, and notes it in the outbox', async () => {
    const version = async () => {
      const [row] = await record.sql<{ version: string }>(`SELECT version FROM sessions WHERE id = $1`, [live]);
      return Number(row?.version);
    };
    const before = await version();
    await record.sql('DELETE FROM outbox');
    await record.sql(`UPDATE sessions SET title = 'Spoiled' WHERE id = $1`, [live]);
    expect(await repairSessions(record.source, [live])).toEqual([live]);
    expect(await version()).toBe(before + 1);
    expect(await underWay(record.source, [live, ended])).toEqual(new Set([live]));
  });

  /** Nobody knows what was said: it is told, and left alone. */
  const counts: [what: string, sql: string, where: RegExp][] = [
    ['a count', `UPDATE session_counts SET viewer_count = 30 WHERE session_id = '${live}'`, /viewer_count$/],
    ['a peak too low', `UPDATE session_counts SET max_viewers = 39 WHERE session_id = '${live}'`, /max_viewers$/],
    ['a peak too high', `UPDATE session_counts SET max_viewers = 41 WHERE session_id = '${live}'`, /max_viewers$/],
    [
      'a greatest count of ten seconds',
      `UPDATE viewer_buckets SET max = 50 WHERE session_id = '${live}'`,
      /max_viewers$/,
    ],
    [
      'a greatest count of an hour',
      `INSERT INTO viewer_hours SELECT session_id, bucket - interval '9 days', 1, 50, 1, last_at, seq, source, event_id
       FROM viewer_buckets WHERE session_id = '${live}' LIMIT 1`,
      /max_viewers$/,
    ],
  ];

  it.each(counts)('names %s', async (_, sql, where) => {
    const before = [
      await record.sql<object>('SELECT * FROM session_counts'),
      await record.sql<object>('SELECT * FROM viewer_buckets'),
    ];
    await record.sql(sql);
    const found = await differences();
    expect(told(found)).toContainEqual({ kind: 'count', id: live, where: expect.stringMatching(where) as string });
    await record.sql('DELETE FROM viewer_hours');
    for (const [at, table] of ['session_counts', 'viewer_buckets'].entries()) {
      await record.sql(`DELETE FROM ${table}`);
      await record.sql(`INSERT INTO ${table} SELECT * FROM json_populate_recordset(null::${table}, $1)`, [
        JSON.stringify(before[at]),
      ]);
    }
    expect((await differences()).filter(({ kind }) => kind === 'count')).toEqual([]);
  });

  it('names ten seconds that lack although they are kept, and counts those that are kept no more', async () => {
    await record.sql(`UPDATE session_counts SET viewer_count_at = now() - interval '1 minute' WHERE session_id = $1`, [
      live,
    ]);
    expect(told(await differences())).toEqual([{ kind: 'count', id: live, where: 'viewer_buckets' }]);

    await record.sql('UPDATE viewer_grains SET tens_from = now()');
    const pages = [];
    for await (const page of verifySessions(record.source)) pages.push(page);
    expect(pages).toMatchObject([{ differences: [], unknownCounts: 2 }]);
  });

  it('names a fold that cannot be read, and a row without a fold; it cannot bring these back', async () => {
    await record.sql(`UPDATE session_folds SET fold = 'no JSON' WHERE id = $1`, [ended]);
    await record.sql('DELETE FROM session_folds WHERE id = $1', [silent]);
    const found = await differences();
    expect(told(found)).toEqual(
      expect.arrayContaining([
        { kind: 'fold', id: ended, where: 'session_folds.fold' },
        { kind: 'session', id: silent, where: 'sessions' },
        { kind: 'signals', id: silent, where: 'session_signals' },
        { kind: 'text', id: silent, where: 'session_texts' },
      ]),
    );
    expect(await repairSessions(record.source, [ended, silent])).toEqual([]);
    expect(await differences()).toEqual(found);
  });

  it('lets versions grow above what Redis holds, of what the record knows', async () => {
    await record.sql('DELETE FROM outbox');
    const some = [
      { kind: 'session' as const, id: live, held: 500 },
      { kind: 'counts' as const, id: live, held: 0 },
      { kind: 'room' as const, id: room, held: 70 },
      { kind: 'session' as const, id: randomUUID(), held: 1 },
    ];
    expect(await tellAgain(record.source, some)).toEqual(new Set([live, room]));
    const [row] = await record.sql<{ version: string }>(`SELECT version FROM sessions WHERE id = $1`, [live]);
    expect(Number(row?.version)).toBe(501);
    expect(await underWay(record.source, [live, room])).toEqual(new Set([live, room]));
  });
});
