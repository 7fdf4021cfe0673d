import { AnswerReader } from '../answer-reader';

const answer = (body: string, status = '200 OK') =>
  Buffer.from(`HTTP/1.1 ${status}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nx: y\r\n\r\n${body}`);

describe('a reader of answers', () => {
  it.each([1, 7, 30, 1000])('finds the end of each answer, in chunks of %d bytes', (size) => {
    const reader = new AnswerReader();
    for (const body of ['{"a":"ü"}', '', 'x'.repeat(100)]) {
      const whole = answer(body);
      const found = [];
      for (let at = 0; at < whole.length; at += size) found.push(reader.take(whole.subarray(at, at + size)));
      expect(found.slice(0, -1).every((one) => one === undefined)).toBe(true);
      expect(found.at(-1)).toMatchObject({ status: 200, bytes: whole.length });
      expect(found.at(-1)?.whole.toString('utf8', found.at(-1)?.bodyAt)).toBe(body);
    }
  });

  it('keeps what came, though the next chunk is read into the same memory', () => {
    const reader = new AnswerReader();
    const whole = answer('what it says');
    const memory = Buffer.from(whole.subarray(0, 20));
    expect(reader.take(memory)).toBeUndefined();
    memory.fill(0);
    expect(reader.take(whole.subarray(20))?.whole.toString()).toBe(whole.toString());
  });

  it('knows that a 304 has no body, whatever it says of its length', () => {
    const reader = new AnswerReader();
    const head = Buffer.from('HTTP/1.1 304 Not Modified\r\ncontent-length: 99\r\n\r\n');
    expect(reader.take(head)).toMatchObject({ status: 304, bytes: head.length });
  });

  it('takes no answer that does not say its length, and no more than was asked for', () => {
    expect(() => new AnswerReader().take(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toThrow('how long');
    expect(() => new AnswerReader().take(Buffer.concat([answer('a'), answer('b')]))).toThrow('more than one');
  });
});
