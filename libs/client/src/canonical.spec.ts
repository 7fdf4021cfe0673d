import { canonicalKey } from './canonical';

describe('the key of a query', () => {
  it('is the same however the query is written', () => {
    const key = canonicalKey({ room_id: ['b', 'a'], status: 'live', limit: 5 });
    expect(canonicalKey({ limit: 5, status: ['live'], room_id: ['A', 'B', 'a'], q: undefined })).toBe(key);
  });

  it('is the same whether a default is said or left out', () => {
    const said = { status: 'live', sort: 'started_at', order: 'desc', limit: 50 } as const;
    expect(canonicalKey(said)).toBe(canonicalKey({}));
    expect(canonicalKey({ status: ['live'] })).toBe(canonicalKey({}));
    expect(canonicalKey({ status: 'scheduled', order: 'asc' })).toBe(canonicalKey({ status: 'scheduled' }));
  });

  it('is another one when anything in it differs', () => {
    const queries = [
      {},
      { limit: 5 },
      { limit: 51 },
      { q: 'a' },
      { q: 'b' },
      { ids: 'a' },
      { room_id: 'a' },
      { order: 'asc' },
    ] as const;
    expect(new Set(queries.map(canonicalKey)).size).toBe(queries.length);
  });
});
