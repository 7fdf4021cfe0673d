import { Progress, bar } from '../src';

function given({ isTTY }: { isTTY: boolean }) {
  const written: string[] = [];
  let now = 0;
  const output = { isTTY, columns: 20, write: (text: string) => written.push(text) };
  return { progress: new Progress(output, () => now), written, pass: (ms: number) => (now += ms) };
}

describe('progress', () => {
  it('in a terminal is one line, no longer than that is wide, until something is said', () => {
    const { progress, written } = given({ isTTY: true });
    progress.show('1 of 2');
    progress.show('2 of 2 and much more than fits');
    progress.say('done');
    expect(written).toEqual(['\r\u001B[K1 of 2', '\r\u001B[K2 of 2 and much mo…', '\r\u001B[K', 'done\n']);
  });

  it('elsewhere is a line every five seconds, whatever is said between', () => {
    const { progress, written, pass } = given({ isTTY: false });
    for (let second = 0; second < 12; second++) {
      progress.show(`${second} s`);
      pass(1000);
    }
    progress.say('done');
    expect(written).toEqual(['5 s\n', '10 s\n', 'done\n']);
  });

  it.each([
    [0, 10, '[····]   0 %'],
    [5, 10, '[##··]  50 %'],
    [10, 10, '[####] 100 %'],
    [999, 1000, '[###·]  99 %'],
    [0, 0, '[####] 100 %'],
    [12, 10, '[####] 100 %'],
  ])('as a bar: %d of %d', (done, total, text) => {
    expect(bar(done, total, 4)).toBe(text);
  });
});
