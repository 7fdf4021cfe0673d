import { randomUUID } from 'node:crypto';
import type { ProjectionChange } from '#libs/contracts';
import { GivenRecord, NOW, event } from './given-record';

describe('one identity with different data', () => {
  let given: GivenRecord;
  beforeAll(async () => {
    given = await GivenRecord.make();
  });
  afterAll(() => given.close());

  const titled = (id: string, title: string, rest: object) => event('session.started.v1', id, { title }, rest);
  const titleOf = async (id: string) => (await given.store.get(id))?.session.title;

  it('only what differs is a conflict, whatever lies beside it in its slice', async () => {
    const [id, identity] = [randomUUID(), { id: randomUUID() }];
    const first = titled(id, 'The first', identity);
    await given.sessions(first);
    await given.sessions(first, titled(id, 'The second', identity), first, titled(id, 'The third', identity));
    expect(await given.quarantined(id)).toEqual(['id-conflict', 'id-conflict']);
    expect(await titleOf(id)).toBe('The first');
    await given.sessions(titled(id, 'The second', identity), first);
    expect(await given.quarantined(id)).toHaveLength(3);
    expect(await titleOf(id)).toBe('The first');
  });

  it('the first of a slice is the one that is known, and its duplicates are not in conflict', async () => {
    const [id, identity] = [randomUUID(), { id: randomUUID() }];
    const [first, second] = [titled(id, 'The first', identity), titled(id, 'The second', identity)];
    const known = titled(randomUUID(), 'Known', {});
    await given.sessions(known);
    // An identity that was known before makes the insert look at what the log holds.
    await given.sessions(known, first, second, first);
    expect(await given.quarantined(id)).toEqual(['id-conflict']);
    expect(await titleOf(id)).toBe('The first');
  });

  it('two processes at once: one of both is the first, and duplicates of it pass', async () => {
    const [id, identity] = [randomUUID(), { id: randomUUID() }];
    const [a, b] = [titled(id, 'A title', identity), titled(id, 'B title', identity)];
    await Promise.all([given.sessions(a, a), given.sessions(b, b), given.sessions(a), given.sessions(b)]);
    expect(await given.quarantined(id)).toHaveLength(3);
    expect(['A title', 'B title']).toContain(await titleOf(id));
  });

  it('a sequence that is no integer is kept, and is part of what may differ', async () => {
    const [id, identity] = [randomUUID(), { id: randomUUID() }];
    const odd = event('session.started.v1', id, { title: 'Odd' }, { ...identity, sequence: 'b\u0000' });
    await given.sessions(odd, odd);
    await given.sessions({ ...odd, sequence: 'c' });
    const [entry] = await given.logged(id);
    expect(entry?.event).toMatchObject({ sequence: 'b\u0000' });
    expect(await given.quarantined(id)).toEqual(['id-conflict']);
  });
});

describe('one id as entities of two kinds', () => {
  let given: GivenRecord;
  beforeAll(async () => {
    given = await GivenRecord.make();
  });
  afterAll(() => given.close());

  const room = (id: string, title: string, ms = 0) => event('room.changed.v1', id, { title }, timed(ms));
  const host = (id: string, username: string, ms = 0) => event('host.changed.v1', id, { username }, timed(ms));
  const timed = (ms: number) => ({ time: new Date(NOW - 60_000 + ms).toISOString() });
  const stored = async (id: string) => {
    const [row] = await given.sql<{ kind: string; state: object | null }>(
      'SELECT kind, state FROM reference_data WHERE id = $1',
      [id],
    );
    return row;
  };
  const kinds = (changes: ProjectionChange[], id: string) =>
    changes.filter((change) => change.id === id).map(({ kind }) => kind);

  it('the first stays what it is; the second is quarantined and changes nothing', async () => {
    const id = randomUUID();
    await given.directory(room(id, 'A room'));
    const changes = await given.directory(host(id, 'a host', 10));
    expect(kinds(changes, id).filter((kind) => kind !== 'room')).toEqual([]);
    expect(await given.quarantined(id)).toEqual(['kind-conflict']);
    expect(await stored(id)).toEqual({ kind: 'room', state: { title: 'A room' } });
    await given.directory(room(id, 'Renamed', 20));
    expect(await stored(id)).toEqual({ kind: 'room', state: { title: 'Renamed' } });
  });

  it('within one slice, and when it comes again', async () => {
    const id = randomUUID();
    const slice = [room(id, 'A room'), host(id, 'a host', 10), room(id, 'Renamed', 5)];
    const from = given.nextOffset;
    await given.directory(...slice);
    const before = await given.sql('SELECT * FROM reference_data WHERE id = $1', [id]);
    expect(await stored(id)).toEqual({ kind: 'room', state: { title: 'Renamed' } });
    given.nextOffset = from;
    await given.directory(...slice);
    expect(await given.sql('SELECT * FROM reference_data WHERE id = $1', [id])).toEqual(before);
    expect(await given.quarantined(id)).toEqual(['kind-conflict']);
  });

  it('a tombstone takes the entity, not its kind', async () => {
    const id = randomUUID();
    await given.directory(room(id, 'A room'), id);
    await given.directory(host(id, 'a host', 120_000));
    expect(await stored(id)).toEqual({ kind: 'room', state: null });
    expect(await given.quarantined(id)).toEqual(['kind-conflict']);
  });

  it('an older event behind its tombstone settles the kind, as it does before it', async () => {
    const [before, behind] = [randomUUID(), randomUUID()];
    await given.directory(room(before, 'A room'));
    await given.directory(before);
    await given.directory(behind);
    const changes = await given.directory(room(behind, 'A room'));
    expect(changes).toMatchObject([{ kind: 'room', id: behind, entity: null }]);
    for (const id of [before, behind]) {
      await given.directory(host(id, 'a host', 120_000));
      expect(await stored(id)).toEqual({ kind: 'room', state: null });
      expect(await given.quarantined(id)).toEqual(['kind-conflict']);
    }
  });

  it('a refused event leaves no identity in the log: corrected, it is taken', async () => {
    const [id, other] = [randomUUID(), randomUUID()];
    const refused = host(id, 'a host', 10);
    await given.directory(room(id, 'A room'), refused);
    await given.directory({ ...refused, subject: other });
    expect(await stored(other)).toEqual({ kind: 'host', state: { username: 'a host' } });
    expect(await given.quarantined(other)).toEqual([]);
  });

  it('what an event did is logged: at its own place once, and as a duplicate where it is sent again', async () => {
    const id = randomUUID();
    const [first, newer] = [room(id, 'A room'), room(id, 'Renamed', 20)];
    const from = given.nextOffset;
    await given.directory(newer, first, host(id, 'a host'));
    await given.redelivered(from, newer, first, host(id, 'a host'));
    await given.directory(first);
    const rows = await given.sql<{ entries: string }>(
      `SELECT entries FROM session_log WHERE subject = $1 ORDER BY id`,
      [id],
    );
    const entries = rows.flatMap(
      (row) => JSON.parse(row.entries) as [number, number, number, string, string[], object][],
    );
    expect(entries.map(([offset, , , did]) => [offset - from, did])).toEqual([
      [0, 'applied'],
      [1, 'older'],
      [3, 'duplicate'],
    ]);
    expect(entries.map(([, , , , , sent]) => sent)).toEqual([newer, first, first]);
    expect(await stored(id)).toEqual({ kind: 'room', state: { title: 'Renamed' } });
  });

  it('an exact duplicate changes nothing, not even the version', async () => {
    const id = randomUUID();
    const one = room(id, 'A room');
    await given.directory(one);
    const before = await given.sql('SELECT * FROM reference_data WHERE id = $1', [id]);
    await given.directory(one, one);
    expect(await given.sql('SELECT * FROM reference_data WHERE id = $1', [id])).toEqual(before);
  });

  it('an identity conflict settles no kind', async () => {
    const [id, known] = [randomUUID(), room(randomUUID(), 'A room')];
    await given.directory(known);
    await given.directory({ ...known, subject: id }, host(id, 'a host'));
    expect(await stored(id)).toEqual({ kind: 'host', state: { username: 'a host' } });
    expect(await given.quarantined(id)).toEqual(['id-conflict']);
  });

  it('two processes at once: one kind wins, all of the other are refused', async () => {
    const ids = Array.from({ length: 20 }, () => randomUUID());
    const rooms = ids.map((id) => room(id, 'A room'));
    const hosts = ids.map((id) => host(id, 'a host', 10)).reverse();
    await Promise.all([given.directory(...rooms), given.directory(...hosts), given.directory(...rooms)]);
    for (const id of ids) {
      const row = await stored(id);
      const refused = await given.quarantined(id);
      expect([...new Set(refused)]).toEqual(['kind-conflict']);
      expect(row).toEqual(
        refused.length === 1
          ? { kind: 'room', state: { title: 'A room' } }
          : { kind: 'host', state: { username: 'a host' } },
      );
    }
  });
});
