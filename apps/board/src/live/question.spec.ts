import { isLive, readQuestion, restPath, viewOf, writeQuestion } from './question';

describe('a question in the address', () => {
  it('is read in the grammar of REST, and written back', () => {
    const question = readQuestion('?status=live,scheduled&q=late+night&min_viewers=20&utm_source=x');
    expect(question).toEqual({ status: 'live,scheduled', q: 'late night', min_viewers: '20' });
    expect(writeQuestion(question)).toBe('status=live,scheduled&q=late+night&min_viewers=20');
  });

  it('leaves alone what else the address holds', () => {
    expect(writeQuestion({ q: 'a' }, '?label=x&q=b')).toBe('label=x&q=a');
  });

  it('asks for the most watched of what is live, where it says nothing', () => {
    expect(viewOf({})).toEqual({ status: ['live'], sort: 'viewer_count', order: 'desc', limit: 200 });
    expect(restPath({})).toBe('/sessions?status=live&sort=viewer_count&order=desc');
  });

  it('hands on what is wrong, for the server to say', () => {
    expect(viewOf({ min_viewers: 'many' })).toMatchObject({ min_viewers: 'many' });
  });

  it.each([
    [{}, true],
    [{ status: 'scheduled' }, true],
    [{ status: 'live,ended' }, false],
    [{ status: 'live', sort: 'duration' }, false],
  ])('%j is live: %s', (question, live) => {
    expect(isLive(question)).toBe(live);
  });
});
