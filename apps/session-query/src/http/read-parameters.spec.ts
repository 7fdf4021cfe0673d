import { listQuery } from '#libs/contracts';
import { Refusal } from '#libs/service-host';
import { readParameters } from './read-parameters';

function problemsOf(target: string) {
  try {
    readParameters(target, listQuery);
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
    ['/sessions?status=live&status=ended', { status: 'live,ended' }],
    [
      '/sessions?mode=rtmp&status=live,ended&mode=webcam&status=live',
      { status: 'live,ended,live', mode: 'rtmp,webcam' },
    ],
    ['/sessions?ids=1&ids=2,3', { ids: '1,2,3' }],
  ])('reads %s', (target, expected) => {
    expect(readParameters(target, listQuery)).toEqual(expected);
  });

  it('takes no name for more than a name', () => {
    const read = readParameters('/sessions?__proto__=1&constructor=2', listQuery);
    expect(Object.keys(read)).toEqual(['__proto__', 'constructor']);
  });

  it('refuses what a parser would guess at, all of it at once', () => {
    expect(problemsOf('/sessions?sort=duration&sort=duration&q=%ff&limit=%')).toEqual([
      { parameter: 'sort', message: expect.stringContaining('once') },
      { parameter: 'q', message: expect.stringContaining('percent-encoded') },
      { parameter: 'limit', message: expect.stringContaining('percent-encoded') },
    ]);
    expect(problemsOf('/sessions?%ff=1')).toEqual([{ parameter: '(name)', message: expect.any(String) }]);
  });

  it.each(['status[]', 'status[0]', 'status%5B%5D', 'ids[]'])('names the right spelling of %s', (name) => {
    const parameter = decodeURIComponent(name);
    const plain = parameter.split('[')[0];
    const problem = { parameter, message: expect.stringContaining(`${plain}=a&${plain}=b`) };
    expect(problemsOf(`/sessions?${name}=live&${name}=ended`)).toEqual([problem, problem]);
    expect(problemsOf('/sessions?limit[]=1')).toEqual([]);
  });
});
