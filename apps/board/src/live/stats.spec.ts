import { StatsOfPage } from './stats';

describe('the numbers of REST', () => {
  let stats: StatsOfPage;
  let fetched: jest.SpyInstance;
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
    Object.assign(globalThis, { document: page });
    page.visibilityState = 'visible';
    fetched = jest.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json({ data: { live_now: 3 } }));
    stats = new StatsOfPage();
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
    Reflect.deleteProperty(globalThis, 'document');
  });

  it('are asked once for all who look, every three seconds, while there is one and the page is seen', async () => {
    const heard: string[] = [];
    const leave = ['a', 'b'].map((name) => stats.subscribe(() => heard.push(name)));
    expect(fetched).toHaveBeenCalledTimes(1);
    for (let turns = 0; turns < 50; turns++) await Promise.resolve();
    expect(heard).toEqual(['a', 'b']);
    expect(stats.read()).toEqual({ live_now: 3 });
    jest.advanceTimersByTime(6000);
    expect(fetched).toHaveBeenCalledTimes(3);
    page.visibilityState = 'hidden';
    jest.advanceTimersByTime(6000);
    expect(fetched).toHaveBeenCalledTimes(3);
    page.visibilityState = 'visible';
    page.dispatchEvent(new Event('visibilitychange'));
    expect(fetched).toHaveBeenCalledTimes(4);
    for (const end of leave) end();
    jest.advanceTimersByTime(6000);
    expect(fetched).toHaveBeenCalledTimes(4);
  });
});
