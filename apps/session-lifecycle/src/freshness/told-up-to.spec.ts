import { ToldUpTo } from './told-up-to';

const AT = 1_000_000;

describe('what Redis was told of', () => {
  let told: ToldUpTo;
  beforeEach(() => {
    told = new ToldUpTo();
  });

  it('goes up to the last look of which nothing is left', () => {
    told.note(AT, 7);
    told.note(AT + 500, 7);
    told.note(AT + 1000, 9);
    expect(told.take(8)).toBe(AT + 500);
    expect(told.take(9)).toBeNull();
    expect(told.take(10)).toBe(AT + 1000);
    expect(told.take(null)).toBeNull();
  });

  it('goes up to the last look where nothing is left at all', () => {
    told.note(AT + 500, 7);
    told.note(AT, 8);
    expect(told.take(null)).toBe(AT + 500);
  });

  it('knows nothing of a record that has gone back, until it is looked at again', () => {
    told.note(AT, 7);
    told.note(AT + 500, 9);
    told.note(null, 6);
    expect(told.take(null)).toBeNull();
    told.note(AT - 9000, 6);
    expect(told.take(null)).toBe(AT - 9000);
  });

  it('knows nothing of what it saw before it could not look', () => {
    told.note(AT, 7);
    told.forget();
    expect(told.take(null)).toBeNull();
  });

  it('keeps a bounded number of looks, and those the latest', () => {
    for (let n = 0; n < 5000; n++) told.note(AT + n, n);
    expect(told.take(3700)).toBeNull();
    expect(told.take(3802)).toBe(AT + 3801);
  });
});
