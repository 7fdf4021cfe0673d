import { LogWalk } from './log-walk';
import type { LoggedEvent } from './timeline';

const PATH = '/sessions/a/events?limit=2';
const signal = new AbortController().signal;

/** A log behind REST, two events a page; its cursor is the place of the next event. */
function givenLog(length: number) {
  const log = Array.from({ length }, (_, n) => ({ id: String(n) }) as LoggedEvent);
  const asked: number[] = [];
  jest.spyOn(globalThis, 'fetch').mockImplementation((url) => {
    const from = Number(new URL(url as string, 'http://rest').searchParams.get('cursor') ?? 0);
    asked.push(from);
    const events = log.slice(from, from + 2);
    const next_cursor = from + 2 < log.length ? String(from + 2) : null;
    return Promise.resolve(Response.json({ success: true, data: { events, next_cursor }, timestamp: 1 }));
  });
  const grow = () => log.push({ id: String(log.length) } as LoggedEvent);
  return { asked, grow };
}

async function idsOf(walk: LogWalk) {
  const answer = await walk.askOn(PATH, { signal });
  if (!answer.ok) throw new Error(answer.refusal.error);
  return { ids: answer.data.events.map(({ id }) => id), isCut: answer.data.isCut };
}

describe('the log of a session', () => {
  afterEach(() => jest.restoreAllMocks());

  it('is read to its end, and after that only what has come', async () => {
    const { asked, grow } = givenLog(5);
    const walk = new LogWalk();
    expect(await idsOf(walk)).toEqual({ ids: ['0', '1', '2', '3', '4'], isCut: false });
    grow();
    grow();
    expect(await idsOf(walk)).toEqual({ ids: ['0', '1', '2', '3', '4', '5', '6'], isCut: false });
    expect(asked).toEqual([0, 2, 4, 4, 6]);
  });

  it('is read no further than a person could want', async () => {
    const { asked } = givenLog(1003);
    const { ids, isCut } = await idsOf(new LogWalk());
    expect([ids.length, isCut, asked.length]).toEqual([1000, true, 500]);
  });
});
