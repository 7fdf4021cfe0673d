import { watchQuestion } from '../src/index';
import { GivenDesk, deltas, events, list, start } from './given-desk';
import { sessionId } from './model/story';

const WHY = { code: 'token_expired', error: 'it has ended' } as const;

describe('a listener that loses an audience', () => {
  it('loses the views of that audience, and no other', () => {
    const given = new GivenDesk();
    given.happens(start(0));
    const listener = given.listener();
    const [open] = given.ask(listener, list());
    const [hidden] = given.ask(listener, list({ limit: 2 }), {}, { audience: 'private' });
    const [watched] = given.ask(listener, watchQuestion([sessionId(0)]), {}, { audience: 'private' });
    listener.sent.length = 0;
    given.desk.leaving.leaveAll(listener, 'private', WHY, given.now);
    expect(events(listener)).toEqual(['left', 'heartbeat', 'left', 'heartbeat']);
    for (const [place, answer] of [hidden, watched].entries()) {
      if (!answer?.ok) throw new Error('it was refused');
      const [left, heartbeat] = listener.sent.slice(2 * place);
      expect(left?.frame).toEqual({ view: answer.view, ...WHY });
      // A frame that nobody has, so that a client that does not know `left` asks again.
      expect(heartbeat?.frame).toMatchObject({ view: answer.view, frame: answer.frame + 1 });
    }
    given.happens(start(1));
    given.passes(300);
    expect(deltas(listener).map(({ view }) => view)).toEqual([open?.ok && open.view]);
  });

  it('is told of what it waits for, and the same question of the public is answered', () => {
    const given = new GivenDesk();
    const listener = given.listener();
    const answers = given.ask(listener, list(), { at: { epoch: 1, seq: 1 } }, { audience: 'private' });
    given.desk.leaving.leaveAll(listener, 'private', WHY, given.now);
    expect(answers).toMatchObject([{ ok: false, code: 'unavailable', error: WHY.error }]);
    given.happens(start(0));
    given.pumps();
    expect(events(listener)).toEqual([]);
    expect(given.ask(listener, list())).toMatchObject([{ ok: true }]);
  });
});
