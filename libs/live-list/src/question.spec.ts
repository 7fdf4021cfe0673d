import { type ViewQueryInput, viewQuery } from '#libs/contracts';
import { nameOf as hashOf } from './name-of';
import { type Question, listQuestion, viewText, watchQuestion } from './question';
import type { AudienceName } from './presentation';

const ask = (query: ViewQueryInput) => listQuestion(viewQuery.parse(query));
const viewName = (question: Question, audience: AudienceName) => hashOf(viewText(question, audience));
const nameOf = (query: ViewQueryInput) => {
  const question = ask(query);
  if (!question) throw new Error('not live');
  return viewName(question, 'public');
};
const [A, B] = ['a0000000-0000-4000-8000-000000000001', 'B0000000-0000-4000-8000-000000000002'];

describe('a question', () => {
  it('is the same however it is written', () => {
    const same: ViewQueryInput[] = [
      { status: 'live', room_id: [A, B], q: 'Jazz', limit: 50 },
      { room_id: [B, A, B], q: 'jazz' },
      { q: 'JAZZ', room_id: [B.toLowerCase(), A.toUpperCase()], sort: 'started_at', order: 'desc' },
    ];
    expect(new Set(same.map(nameOf)).size).toBe(1);
    expect(watchQuestion([B, A, A])).toEqual(watchQuestion([A, B]));
  });

  it('is another one when anything in it differs, and for another audience', () => {
    const queries: ViewQueryInput[] = [
      {},
      { limit: 49 },
      { order: 'asc' },
      { sort: 'viewer_count' },
      { status: 'scheduled' },
      { status: ['live', 'scheduled'] },
      { min_viewers: 0 },
      { min_viewers: 1 },
      { ids: A },
      { room_id: A },
      { host_id: A },
      { mode: 'rtmp' },
      { q: 'a' },
      { q: 'b' },
    ];
    const question = ask({});
    if (!question) throw new Error('not live');
    const names = [...queries.map(nameOf), viewName(question, 'private'), viewName(watchQuestion([A]), 'public')];
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[0-9a-z]{26}$/);
  });

  it('of the past is none', () => {
    expect(ask({ status: 'ended' })).toBeNull();
    expect(ask({ status: ['live', 'expired'] })).toBeNull();
  });

  it('without a sort shows the newest start first, or the next to start', () => {
    expect(ask({})).toMatchObject({ status: ['live'], sort: 'started_at', order: 'desc', limit: 50 });
    expect(ask({ status: 'scheduled' })).toMatchObject({ sort: 'scheduled_start_time', order: 'asc' });
  });
});
