import { Refusal } from '#libs/service-host';
import { readParameters } from './parameters';

function problemsOf(target: string) {
  try {
    readParameters(target);
  } catch (error) {
    if (error instanceof Refusal) return error.details;
    throw error;
  }
  return [];
}

describe('reading the parameters of a request target', () => {
  it.each([
    ['/sessions', {}],
    ['/sessions?', {}],
    ['/sessions?page=2&limit=5', { page: '2', limit: '5' }],
    ['/sessions?q=caf%C3%A9+noir', { q: 'café noir' }],
    ['/sessions?q=a=b&&page', { q: 'a=b', page: '' }],
    ['/sessions?q=why?', { q: 'why?' }],
  ])('reads %s', (target, expected) => {
    expect(readParameters(target)).toEqual(expected);
  });

  it('takes no name for more than a name', () => {
    const read = readParameters('/sessions?__proto__=1&constructor=2');
    expect(Object.keys(read)).toEqual(['__proto__', 'constructor']);
  });

  it('refuses what a parser would guess at, all of it at once', () => {
    expect(problemsOf('/sessions?status=live&status=ended&q=%ff&limit=%')).toEqual([
      { parameter: 'status', message: expect.stringContaining('once') },
      { parameter: 'q', message: expect.stringContaining('percent-encoded') },
      { parameter: 'limit', message: expect.stringContaining('percent-encoded') },
    ]);
    expect(problemsOf('/sessions?%ff=1')).toEqual([{ parameter: '(name)', message: expect.any(String) }]);
  });
});
