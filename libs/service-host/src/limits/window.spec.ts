import { Window } from './window';

const MINUTE = 60_000;
const T = Date.UTC(2026, 10, 25);

describe('a window of requests', () => {
  it('allows so many of each caller, and says what is left and until when', () => {
    const window = new Window(MINUTE);
    expect(window.take('a', 2, T + 15_500)).toEqual({ isAllowed: true, limit: 2, remaining: 1, resetSeconds: 45 });
    expect(window.take('a', 2, T + 15_500)).toMatchObject({ isAllowed: true, remaining: 0 });
    expect(window.take('a', 2, T + 15_500)).toMatchObject({ isAllowed: false, remaining: 0 });
    expect(window.take('b', 2, T + 15_500)).toMatchObject({ isAllowed: true });
    expect(window.take('a', 2, T + MINUTE)).toMatchObject({ isAllowed: true, remaining: 1, resetSeconds: 60 });
  });

  it('counts what other processes took', () => {
    const window = new Window(MINUTE);
    window.take('a', 10, T);
    const { start, fresh } = window.takeFresh(T);
    expect(fresh).toEqual(new Map([['a', 1]]));
    window.hear(start, 'a', 9);
    expect(window.take('a', 10, T)).toMatchObject({ isAllowed: true, remaining: 0 });
    expect(window.take('a', 10, T).isAllowed).toBe(false);
  });

  it('hears nothing of a window that is over', () => {
    const window = new Window(MINUTE);
    window.take('a', 10, T);
    const { start } = window.takeFresh(T);
    window.take('a', 10, T + MINUTE);
    window.hear(start, 'a', 10);
    expect(window.take('a', 10, T + MINUTE)).toMatchObject({ isAllowed: true, remaining: 8 });
  });

  it('counts nothing for what is given back, and nothing for what is refused', () => {
    const window = new Window(MINUTE);
    for (let n = 0; n < 5; n += 1) {
      window.take('a', 1, T);
      window.giveBack('a');
    }
    expect(window.take('a', 1, T).isAllowed).toBe(true);
    for (let n = 0; n < 5; n += 1) expect(window.take('a', 1, T).isAllowed).toBe(false);
    expect(window.takeFresh(T).fresh).toEqual(new Map([['a', 1]]));
  });

  it('takes back what the others were told already', () => {
    const window = new Window(MINUTE);
    window.take('a', 10, T);
    window.takeFresh(T);
    window.giveBack('a');
    expect(window.takeFresh(T).fresh).toEqual(new Map([['a', -1]]));
    window.giveBack('a');
    expect(window.take('a', 10, T)).toMatchObject({ remaining: 9 });
  });
});
