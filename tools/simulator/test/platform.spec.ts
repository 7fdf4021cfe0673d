import { EVENT_TYPES } from '#libs/contracts';
import { readCommand } from '../src/flags';
import { Platform, type Said } from '../src/platform';

const NOW = Date.UTC(2026, 10, 24, 12);

function run(seed: number, seconds: number, now = NOW): Said[] {
  const platform = new Platform({ seed, sessions: 20, now });
  const said = platform.open(now);
  for (let ms = 200; ms <= seconds * 1000; ms += 200) said.push(...platform.step(now + ms, 8));
  return [...said, ...platform.close()];
}

describe('the simulated platform', () => {
  const said = run(1, 3600);

  it('speaks the published contract and nothing else', () => {
    const wrong = said.flatMap(({ topic, type, subject, data }) => {
      const known = EVENT_TYPES.get(type);
      const event = {
        specversion: '1.0',
        id: 'x',
        source: '/s',
        type,
        subject,
        time: new Date(NOW).toISOString(),
        data,
      };
      const parsed = known?.schema.safeParse(event);
      return parsed?.success && known?.topic === topic ? [] : [{ type, topic, issues: parsed?.error?.issues }];
    });
    expect(wrong).toEqual([]);
    expect(new Set(said.map(({ type }) => type))).toEqual(
      new Set([...EVENT_TYPES.keys()].filter((type) => type !== 'session.deleted.v1')),
    );
  });

  it('is the same for the same seed, with the same rooms but other sessions in another run', () => {
    expect(run(1, 60)).toEqual(run(1, 60));
    const subjects = (list: Said[], type: string) => list.filter((one) => one.type === type).map((one) => one.subject);
    const later = run(1, 60, NOW + 1000);
    expect(subjects(later, 'room.changed.v1')).toEqual(subjects(run(1, 60), 'room.changed.v1'));
    expect(subjects(later, 'session.started.v1')).not.toEqual(subjects(run(1, 60), 'session.started.v1'));
    expect(run(2, 60)).not.toEqual(run(1, 60));
  });

  it('has as many on air as asked for, a few of them very large', () => {
    const open = new Platform({ seed: 1, sessions: 200, now: NOW });
    const counts = open
      .open(NOW)
      .flatMap(({ data }) => (data && 'viewer_count' in data ? [Number(data.viewer_count)] : []));
    expect(open.live).toBe(200);
    expect(Math.max(...counts)).toBeGreaterThan(20 * (counts.sort((a, b) => a - b)[100] ?? 0));
  });

  it('has been watched before it is looked at: each of its sessions since its start, for half an hour at most', () => {
    const opened = new Platform({ seed: 1, sessions: 20, now: NOW }).open(NOW);
    const past = opened.filter(({ at }) => at !== undefined);
    const starts = opened.filter(({ type }) => type === 'session.started.v1');
    expect(new Set(past.map(({ subject }) => subject))).toEqual(new Set(starts.map(({ subject }) => subject)));
    for (const { subject, data } of starts) {
      const times = past.flatMap((one) => (one.subject === subject ? [one.at ?? NOW] : []));
      const startedAt = Date.parse((data as { started_at: string }).started_at);
      expect(times[0]).toBe(Math.max(startedAt, NOW - 1_800_000));
      expect(times.every((at, n) => at < NOW && (n === 0 || at - (times[n - 1] ?? 0) === 30_000))).toBe(true);
    }
  });

  it('never has two sessions in a room', () => {
    const rooms = new Map<string, string>();
    const roomOf = new Map<string, string>();
    for (const { type, subject, data } of said) {
      if (type === 'session.started.v1') {
        const room = (data as { room_id?: string }).room_id ?? roomOf.get(subject) ?? '';
        roomOf.set(subject, room);
        expect(rooms.get(room) ?? subject).toBe(subject);
        rooms.set(room, subject);
      }
      if (type === 'session.ended.v1' && (data as { reason: string }).reason !== 'connection dropped') {
        rooms.delete(roomOf.get(subject) ?? '');
      }
    }
  });

  it.each([
    [['--rate', '0'], /--rate must be/],
    [['--sessions', 'many'], /--sessions must be/],
    [['--fast'], /--fast/],
  ])('refuses %s', (args, message) => expect(() => readCommand(args, {})).toThrow(message));
});
