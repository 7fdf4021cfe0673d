import fc from 'fast-check';
import { GivenDesk, type Listener, count, end, list, start } from './given-desk';
import { type Happening, sessionId } from './model/story';

const REST_MS = 50;
const STEP_MS = 10;

/** Starts and ends of sessions that are on top of the list, among changes that are less urgent. */
const story = fc.array(
  fc.record({
    afterMs: fc.constantFrom(0, 0, 10, 20, 40, 50, 60, 250, 300, 1000),
    happening: fc.oneof(
      fc.nat({ max: 5 }).map(start),
      fc.nat({ max: 5 }).map(end),
      fc.record({ which: fc.nat({ max: 5 }), how: fc.nat({ max: 20 }) }).map(({ which, how }) => count(which, how)),
      fc.nat({ max: 5 }).map((which): Happening => ({ what: 'edit', which, how: 1 })),
    ),
  }),
  { minLength: 5, maxLength: 60 },
);

/** A desk of which is noted when the listener was first sent each session, and when each was taken away. */
function watched() {
  const given = new GivenDesk({ views: 5 });
  const listener: Listener = given.listener();
  given.ask(listener, list({ sort: 'started_at', limit: 50 }));
  const view = [...given.list.views()][0];
  if (!view) throw new Error('there is no view');
  return { given, listener, view };
}

describe('a start or an end', () => {
  it('leaves at once when the view has rested, else as soon as it has, whatever else happens', () => {
    fc.assert(
      fc.property(story, (told) => {
        const { given, listener, view } = watched();
        const live = new Set<number>();
        let owedAt = Infinity;
        const look = () => {
          given.pumps();
          if (view.framedAt === given.now) owedAt = Infinity;
          expect(owedAt).toBeGreaterThan(given.now);
        };
        for (const { afterMs, happening } of told) {
          for (let ms = 0; ms < afterMs; ms += STEP_MS) {
            given.passes(STEP_MS);
            look();
          }
          const { what, which } = happening;
          const isEdge = (what === 'start' && !live.has(which)) || (what === 'end' && live.has(which));
          if (what === 'start') live.add(which);
          if (what === 'end') live.delete(which);
          if (isEdge) owedAt = Math.min(owedAt, Math.max(given.now, view.framedAt + REST_MS));
          given.happens(happening);
          look();
        }
        given.passes(2000);
        expect(held(listener)).toEqual(new Set([...live].map(sessionId)));
      }),
    );
  });

  it('is in a frame that was sent before time went on', () => {
    const { given, listener } = watched();
    given.passes(REST_MS);
    given.happens(start(1));
    given.pumps();
    expect(listener.sent.at(-1)).toMatchObject({ event: 'delta', frame: { upserts: [{ id: sessionId(1) }] } });
    given.passes(REST_MS);
    given.happens(end(1));
    given.pumps();
    expect(listener.sent.at(-1)).toMatchObject({ event: 'delta', frame: { removes: [[sessionId(1), 'ended']] } });
  });

  it('waits for the rest of the view where it is stretched', () => {
    const { given, listener } = watched();
    given.list.stretch = 4;
    given.passes(REST_MS);
    given.happens(start(1));
    given.passes(3 * REST_MS - STEP_MS);
    expect(listener.sent.map(({ event }) => event)).toEqual(['snapshot']);
    given.passes(STEP_MS);
    expect(listener.sent.map(({ event }) => event)).toEqual(['snapshot', 'delta']);
  });
});

function held({ sent }: Listener): Set<string> {
  const ids = new Set<string>();
  for (const { event, frame } of sent) {
    if (event !== 'delta') continue;
    for (const { id } of frame.upserts ?? []) ids.add(id);
    for (const [id] of frame.removes ?? []) ids.delete(id);
  }
  return ids;
}
