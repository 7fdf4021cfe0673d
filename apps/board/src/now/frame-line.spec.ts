import type { DebugEvent } from '../sdk';
import { frameLine } from './frame-line';

const frame = (event: string, frame: object, outcome = 'applied') =>
  ({ type: 'frame', time: 0, event, frame: { view: 'abcdefghij', ...frame }, bytes: 120, outcome }) as DebugEvent;

describe('a line of the frames', () => {
  it('says from which frame to which a delta leads, and what it brings', () => {
    const line = frameLine(frame('delta', { prev: 7, frame: 8, counts: [1, 2], removes: [1] }));
    expect(line).toMatchObject({
      what: 'delta',
      view: 'abcdef',
      chain: '7 → 8',
      brings: '2 counts, 1 left',
      bytes: '120',
    });
  });

  it('says that an answer is a difference to what was held', () => {
    expect(frameLine(frame('delta', { prev: null, frame: 8 })).chain).toBe('what was held → 8');
  });

  it('warns of a gap', () => {
    expect(frameLine(frame('delta', { prev: 9, frame: 10 }, 'gap'))).toMatchObject({ brings: 'gap', tone: 'warn' });
    expect(frameLine({ type: 'gap', time: 0, view: 'abcdefghij', held: 7 }).chain).toBe('7 → ?');
  });
});
