import { setApiKey } from '../api/api-key';
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
    await jest.advanceTimersByTimeAsync(0);
    expect(heard).toEqual(['a', 'b']);
    expect(stats.read()).toMatchObject({ data: { live_now: 3 }, refusal: undefined });
    await jest.advanceTimersByTimeAsync(6000);
    expect(fetched).toHaveBeenCalledTimes(3);
    page.visibilityState = 'hidden';
    await jest.advanceTimersByTimeAsync(6000);
    expect(fetched).toHaveBeenCalledTimes(3);
    page.visibilityState = 'visible';
    page.dispatchEvent(new Event('visibilitychange'));
    expect(fetched).toHaveBeenCalledTimes(4);
    for (const end of leave) end();
    await jest.advanceTimersByTimeAsync(6000);
    expect(fetched).toHaveBeenCalledTimes(4);
  });

  it('are held while they cannot be asked, with why, and asked again sooner at first', async () => {
    const leave = stats.subscribe(() => undefined);
    await jest.advanceTimersByTimeAsync(0);
    fetched.mockImplementation(async () => Response.json({ error: 'not now' }, { status: 503 }));
    await jest.advanceTimersByTimeAsync(3000);
    expect(stats.read()).toMatchObject({ data: { live_now: 3 }, refusal: { status: 503, error: 'not now' } });
    await jest.advanceTimersByTimeAsync(1000);
    expect(fetched).toHaveBeenCalledTimes(3);
    fetched.mockImplementation(async () => Response.json({ data: { live_now: 4 } }));
    await jest.advanceTimersByTimeAsync(2000);
    expect(stats.read()).toMatchObject({ data: { live_now: 4 }, refusal: undefined });
    leave();
  });

  it('are asked for as by everybody, whatever key the page has', async () => {
    setApiKey('mq_000000000000_wrong');
    const leave = stats.subscribe(() => undefined);
    await jest.advanceTimersByTimeAsync(0);
    expect(Object.keys(fetched.mock.calls[0][1].headers as object)).toEqual(['accept']);
    leave();
    setApiKey(null);
  });
});
