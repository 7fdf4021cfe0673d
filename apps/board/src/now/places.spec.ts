import { Places } from './places';

describe('who has moved in a list', () => {
  it('is told with how far, for a while', () => {
    const places = new Places();
    expect(places.moved(['a', 'b', 'c'], 0)).toEqual(new Map());
    expect(places.moved(['c', 'a', 'b'], 1000)).toEqual(
      new Map([
        ['c', 2],
        ['a', -1],
        ['b', -1],
      ]),
    );
    expect(places.moved(['c', 'a', 'b'], 19_000).get('c')).toBe(2);
    expect(places.moved(['c', 'a', 'b'], 40_000)).toEqual(new Map());
  });

  it('is not who is new', () => {
    const places = new Places();
    places.moved(['a'], 0);
    expect(places.moved(['new', 'a'], 1000)).toEqual(new Map([['a', -1]]));
  });

  it('is nobody after another question', () => {
    const places = new Places();
    places.moved(['a', 'b'], 0);
    places.clear();
    expect(places.moved(['b', 'a'], 1000)).toEqual(new Map());
  });
});
