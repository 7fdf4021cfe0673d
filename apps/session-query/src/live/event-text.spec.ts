import { eventText } from './event-text';

describe('a frame as a server-sent event', () => {
  it('has its name, its position and its data on one line', () => {
    const frame = { view: 'v', frame: 3, epoch: 7, seq: 42, time: 1, stale: true };
    expect(eventText({ event: 'heartbeat', frame })).toBe(
      `event: heartbeat\nid: 7.42\ndata: ${JSON.stringify(frame)}\n\n`,
    );
  });

  it('has no position where it says none', () => {
    const frame = { reason: 'line\nbreak', retry_after_ms: 5 };
    expect(eventText({ event: 'bye', frame })).toBe(
      'event: bye\ndata: {"reason":"line\\nbreak","retry_after_ms":5}\n\n',
    );
  });
});
