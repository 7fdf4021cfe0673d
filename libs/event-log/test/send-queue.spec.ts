import type { MessageToSend, PlacedMessage } from '../src';
import { QueueFull, SendQueue } from '../src/send-queue';

const message = (bytes: number): MessageToSend => ({ key: '', value: 'x'.repeat(bytes - 100) });
const given = (limits = {}) => new SendQueue({ bytes: 10_000, messages: 100, batchBytes: 1000, ...limits });
const add = (queue: SendQueue, messages: MessageToSend[], topic = 't') => {
  const results: (PlacedMessage[] | Error)[] = [];
  return { send: queue.add(topic, messages, (result) => results.push(result)), results };
};
const sizes = (queue: SendQueue, topic = 't') => queue.next(topic).map(({ messages }) => messages.length);
const placed = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => ({ partition: 0, offset: String(from + at) }));

describe('what waits to be sent', () => {
  it('goes together as far as one request takes it, each topic by itself', () => {
    const queue = given();
    add(queue, [message(300), message(300)]);
    add(queue, [message(300)]);
    add(queue, [message(300)]);
    add(queue, [message(300)], 'other');
    expect(sizes(queue)).toEqual([2, 1]);
    expect(sizes(queue)).toEqual([1]);
    expect(sizes(queue)).toEqual([]);
    expect(sizes(queue, 'other')).toEqual([1]);
  });

  it('is split where one send is more than a request takes, and answered as one', () => {
    const queue = given();
    const { send, results } = add(queue, [message(600), message(600), message(2000), message(200)]);
    expect(sizes(queue)).toEqual([1]);
    send.put(placed(1, 7));
    expect(sizes(queue)).toEqual([1]);
    send.put(placed(1, 8));
    expect(results).toEqual([]);
    expect(sizes(queue)).toEqual([1]);
    send.put(placed(1, 9));
    expect(sizes(queue)).toEqual([1]);
    send.put(placed(1, 10));
    expect(results).toEqual([placed(4, 7)]);
  });

  it('has no more bytes and no more messages than allowed; what is over makes room, and is not sent', () => {
    const queue = given({ bytes: 1000, messages: 3 });
    const first = add(queue, [message(500)]);
    const second = add(queue, [message(500)]);
    expect(() => add(queue, [message(101)])).toThrow(QueueFull);
    expect(queue.depth).toMatchObject({ messages: 2, bytes: 1000, oldestAt: expect.any(Number) });
    first.send.end(new Error('late'));
    first.send.end(new Error('twice'));
    expect(first.results).toEqual([new Error('late')]);
    add(queue, [message(200)]);
    expect(() => add(queue, [message(100), message(100)])).toThrow(QueueFull);
    expect(queue.next('t').map(({ send }) => send)).toEqual([second.send, expect.anything()]);
    second.send.put(placed(1));
    expect(queue.depth).toMatchObject({ messages: 1, bytes: 200 });
  });

  it('costs the same for each, however many there are', () => {
    const looked = (count: number) => {
      const queue = given({ bytes: Infinity, messages: Infinity });
      let steps = 0;
      for (let n = 0; n < count; n += 1) {
        const { send } = add(queue, [message(100)]);
        let isOver = false;
        Object.defineProperty(send, 'isOver', {
          get: () => (steps++, isOver),
          set: (value: boolean) => {
            isOver = value;
          },
        });
      }
      for (let batch = queue.next('t'); batch.length > 0; batch = queue.next('t')) {
        for (const { send } of batch) send.put(placed(1));
      }
      expect(queue.depth).toEqual({ messages: 0, bytes: 0, oldestAt: null });
      return steps / count;
    };
    expect(looked(20_000)).toBeLessThan(2 * looked(200));
  });
});
