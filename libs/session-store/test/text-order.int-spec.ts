import { randomUUID } from 'node:crypto';
import { GivenRecord, NOW, event } from './given-record';

/** The first is before the second in UTF-8, and so in Postgres; behind it in JavaScript's order of code units. */
const [WIDE, EMOJI] = ['\uff21', '\u{1f600}'];

describe('ids of any alphabet', () => {
  let record: GivenRecord;
  beforeAll(async () => {
    record = await GivenRecord.make();
  });
  afterAll(() => record.close());

  const at = (second: number) => ({ time: new Date(NOW - 60_000 + second * 1000).toISOString() });

  it('order the starts of one moment as the line of claims does: at most one of a room is live', async () => {
    const [room, one, next] = [randomUUID(), randomUUID(), randomUUID()];
    const start = (id: string) => event('session.started.v1', one, { room_id: room }, { ...at(0), id });
    await record.sessions(start(WIDE), start(EMOJI));
    await record.sessions(event('session.started.v1', next, { room_id: room }, at(1)));
    const live = await record.sql('SELECT id FROM sessions WHERE room_id = $1 AND status = $2', [room, 'live']);
    expect(live).toEqual([{ id: next }]);
  });

  it('order the counts of one moment alike in a slice and across slices', async () => {
    const counts = (subject: string) => [
      event('viewers.counted.v1', subject, { viewer_count: 1 }, { ...at(0), id: `${subject}${WIDE}` }),
      event('viewers.counted.v1', subject, { viewer_count: 2 }, { ...at(0), id: `${subject}${EMOJI}` }),
    ];
    const [together, apart] = [randomUUID(), randomUUID()];
    await record.viewers(...counts(together));
    for (const one of counts(apart)) await record.viewers(one);
    const rows = await record.sql('SELECT viewer_count FROM session_counts WHERE session_id IN ($1, $2)', [
      together,
      apart,
    ]);
    expect(rows).toEqual([{ viewer_count: 2 }, { viewer_count: 2 }]);
  });
});
