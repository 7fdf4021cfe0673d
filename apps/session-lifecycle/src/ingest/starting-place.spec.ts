import { startingPlace } from './starting-place';

function given({ low = 0, high = 100, committed = null as number | null, next = null as number | null }) {
  return startingPlace({
    bounds: { topic: 't', partition: 3, low: String(low), high: String(high) },
    committed: committed === null ? null : String(committed),
    progress:
      next === null ? undefined : { topic: 't', partition: 3, nextOffset: String(next), brokerTime: 1, updatedAt: 1 },
  });
}
const gap = (kind: string, from: number, to: number) =>
  expect.objectContaining({ topic: 't', partition: 3, kind, from: String(from), to: String(to) }) as unknown;

describe('where a consumer begins', () => {
  it('goes on where the group stopped, and reads again what was recorded and not committed', () => {
    expect(given({ committed: 40, next: 40 })).toEqual({ partition: 3, offset: '40', gap: null });
    expect(given({ committed: 38, next: 40 })).toEqual({ partition: 3, offset: '38', gap: null });
    expect(given({ committed: 100, next: 100 })).toEqual({ partition: 3, offset: '100', gap: null });
  });

  it('begins a partition that nobody knows at its first record', () => {
    expect(given({ low: 7 })).toEqual({ partition: 3, offset: '7', gap: null });
    expect(given({ low: 7, committed: 5 })).toEqual({ partition: 3, offset: '7', gap: null });
  });

  it('goes back to what the record has not: it was restored, or is another one', () => {
    expect(given({ committed: 60, next: 40 })).toEqual({
      partition: 3,
      offset: '40',
      gap: gap('replayed', 40, 60),
      recordWentBack: true,
    });
    expect(given({ low: 5, committed: 60 })).toEqual({
      partition: 3,
      offset: '5',
      gap: gap('replayed', 5, 60),
      recordWentBack: true,
    });
  });

  it('begins anew when the group lost its offsets', () => {
    expect(given({ low: 5, next: 40 })).toEqual({ partition: 3, offset: '5', gap: gap('replayed', 5, 40) });
    expect(given({ low: 40, next: 40 })).toEqual({ partition: 3, offset: '40', gap: null });
  });

  it('names what retention deleted before it was read', () => {
    expect(given({ low: 50, committed: 40, next: 40 })).toEqual({
      partition: 3,
      offset: '50',
      gap: gap('missing', 40, 50),
    });
    expect(given({ low: 50, committed: 40, next: 60 })).toEqual({ partition: 3, offset: '50', gap: null });
  });

  it('knows a record that went back also where retention deleted what it lacks', () => {
    const start = { partition: 3, offset: '50', gap: gap('missing', 40, 50), recordWentBack: true };
    expect(given({ low: 50, committed: 60, next: 40 })).toEqual(start);
  });

  it('begins anew when the log ends before what was read', () => {
    expect(given({ high: 10, committed: 40, next: 40 })).toEqual({
      partition: 3,
      offset: '0',
      gap: gap('recreated', 10, 40),
    });
  });
});
