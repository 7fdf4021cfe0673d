import { DueTimes } from './due-times';

describe('due times', () => {
  it('gives each thing once, at the earliest time that was said', () => {
    const due = new DueTimes<string>();
    due.add('a', 100);
    due.add('b', 200);
    due.add('b', 150.5);
    due.add('a', 300);
    expect(due.take(99)).toEqual([]);
    expect(due.take(100)).toEqual(['a']);
    expect(due.take(150)).toEqual([]);
    expect(due.take(151)).toEqual(['b']);
    expect(due.take(1000)).toEqual([]);
  });

  it('gives what is due at the moment of the last look, and what was due before it', () => {
    const due = new DueTimes<string>();
    due.take(100);
    due.add('a', 100);
    due.add('b', 40);
    expect(due.take(100)).toEqual(['a', 'b']);
  });

  it('gives nothing that was deleted', () => {
    const due = new DueTimes<string>();
    due.add('a', 100);
    due.add('b', 100);
    due.delete('a');
    due.delete('c');
    expect(due.take(500)).toEqual(['b']);
  });

  it('follows a clock that went back', () => {
    const due = new DueTimes<string>();
    due.take(1_000_000);
    due.add('a', 1_001_000);
    expect(due.take(500)).toEqual([]);
    due.add('a', 1500);
    due.add('b', 1500);
    expect(due.take(1499)).toEqual([]);
    expect(due.take(1500)).toEqual(['a', 'b']);
  });
});
