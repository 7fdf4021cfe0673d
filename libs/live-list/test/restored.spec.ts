import type { ProjectionChange, StoredSession } from '#libs/contracts';
import { LiveState } from '../src/index';
import { GivenDesk, list, start } from './given-desk';
import { sessionId } from './model/story';

const sessionOf = (changes: readonly ProjectionChange[], version: number): ProjectionChange => {
  const [change] = changes.filter(({ kind }) => kind === 'session');
  if (change?.kind !== 'session') throw new Error('no session');
  const session: StoredSession = { ...change.session, version };
  return { ...change, version, session };
};

describe('a load after the database was restored to an earlier time', () => {
  it('shows a session that had left at a greater version', () => {
    const given = new GivenDesk();
    given.happens(start(0));
    const state = given.state;
    const id = sessionId(0);
    given.desk.apply([{ kind: 'removed', id, version: 7, why: 'ended' }], { epoch: 1, seq: 2 }, given.now);
    given.desk.load([sessionOf(state, 5)], { epoch: 2, seq: 0 }, given.now);
    const listener = given.listener();
    expect(given.ask(listener, list())).toMatchObject([{ ok: true, total: 1 }]);
    expect(listener.sent).toMatchObject([{ frame: { sessions: [{ id, version: 5 }] } }]);
  });

  it('takes counts that are older than those of a session that had left', () => {
    const state = new LiveState();
    const id = sessionId(0);
    const counts = (version: number): ProjectionChange => ({
      kind: 'counts',
      id,
      version,
      counts: { version, viewer_count: version, viewer_count_at: 1, max_viewers: version, max_viewers_at: 1 },
    });
    const given = new GivenDesk();
    given.happens(start(0));
    const session = sessionOf(given.state, 1);
    for (const change of [session, counts(9)]) state.apply(change);
    state.apply({ kind: 'removed', id, version: 7, why: 'ended' });
    state.clear();
    expect(state.whyLeft(id)).toBe('ended');
    for (const change of [session, counts(4)]) state.apply(change);
    expect(state.countsAt(state.slotOf(id) ?? -1)?.viewer_count).toBe(4);
  });

  it('still does not bring back, from the log behind it, what left meanwhile', () => {
    const given = new GivenDesk();
    given.happens(start(0));
    const id = sessionId(0);
    const changes: ProjectionChange[] = [{ kind: 'removed', id, version: 7, why: 'ended' }, sessionOf(given.state, 6)];
    given.desk.load(changes, { epoch: 2, seq: 0 }, given.now);
    expect(given.ask(given.listener(), list())).toMatchObject([{ ok: true, total: 0 }]);
  });
});
