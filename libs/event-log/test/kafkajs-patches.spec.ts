import { patchKafkajs } from '../src/wire/kafkajs-patches';

interface Queue {
  pending: unknown[];
  throttledUntil: number;
  checkPendingRequests: () => void;
  push: (request: object) => void;
  scheduleRequestTimeoutCheck: () => void;
  destroy: () => void;
}

describe('an idle connection of kafkajs', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const givenQueue = (): Queue => {
    const RequestQueue = require('kafkajs/src/network/requestQueue') as new (options: object) => Queue;
    const logger = { debug: () => undefined };
    return new RequestQueue({ requestTimeout: 10_000, enforceRequestTimeout: true, maxInFlightRequests: null, logger });
  };

  it('wakes up a thousand times a second as it comes, and not at all when it is corrected', () => {
    const timers = jest.spyOn(global, 'setTimeout');
    /** Node warns of a timer whose time is negative. */
    const negatives = () => timers.mock.calls.filter(([, ms]) => (ms ?? 0) < 0).length;
    const wakeUpsInASecond = () => {
      timers.mockClear();
      const queue = givenQueue();
      const wakeUps = jest.spyOn(queue, 'checkPendingRequests');
      queue.checkPendingRequests();
      jest.advanceTimersByTime(1000);
      return wakeUps.mock.calls.length - 1;
    };
    expect(wakeUpsInASecond()).toBeGreaterThan(800);
    expect(negatives()).toBeGreaterThan(0);
    jest.clearAllTimers();
    patchKafkajs();
    expect(wakeUpsInASecond()).toBe(0);
    expect(negatives()).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('still sends what waits for the end of a throttle', () => {
    patchKafkajs();
    const queue = givenQueue();
    const sent = jest.fn();
    queue.throttledUntil = Date.now() + 500;
    queue.push({ entry: { correlationId: 1 }, expectResponse: true, sendRequest: sent });
    jest.advanceTimersByTime(499);
    expect(sent).not.toHaveBeenCalled();
    jest.advanceTimersByTime(20);
    expect(sent).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(20);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('still notices a request that takes too long', () => {
    patchKafkajs();
    const queue = givenQueue();
    const reject = jest.fn();
    queue.scheduleRequestTimeoutCheck();
    queue.push({ entry: { correlationId: 1, reject }, expectResponse: true, sendRequest: () => undefined });
    jest.advanceTimersByTime(9000);
    expect(reject).not.toHaveBeenCalled();
    jest.advanceTimersByTime(3000);
    expect(reject).toHaveBeenCalledTimes(1);
    queue.destroy();
    expect(jest.getTimerCount()).toBe(0);
  });
});

it('another version of kafkajs is not corrected blindly', () => {
  jest.isolateModules(() => {
    jest.doMock('kafkajs/package.json', () => ({ version: '2.2.5' }));
    expect(patchKafkajs).toThrow('kafkajs 2.2.5 is installed, but what is corrected here is 2.2.4');
    jest.dontMock('kafkajs/package.json');
  });
});
