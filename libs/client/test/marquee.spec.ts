import type { LiveUpdate } from '../src/live-update';
import { Marquee } from '../src/marquee';

/** Nobody listens there. */
const gateway = 'http://127.0.0.1:1';

describe('a client', () => {
  it('connects when the first list is wanted, not before', () => {
    const marquee = new Marquee({ gateway });
    expect(marquee.status).toEqual({ state: 'idle' });
    marquee.live({}, () => undefined);
    expect(marquee.status).toEqual({ state: 'connecting' });
    marquee.close();
    expect(marquee.status).toEqual({ state: 'closed' });
  });

  it('says so when it is asked after its end, and throws nothing', async () => {
    const marquee = new Marquee({ gateway });
    marquee.close();
    expect(marquee.state).toBe('closed');
    const heard: LiveUpdate[] = [];
    expect(marquee.live({}, (update) => heard.push(update)).current.state).toBe('closed');
    expect(marquee.watch(['a'], (update) => heard.push(update)).current.state).toBe('closed');
    await Promise.resolve();
    expect(heard.map(({ state }) => state)).toEqual(['closed', 'closed']);
  });

  it('tells how it is without connecting', () => {
    const marquee = new Marquee({ gateway });
    const heard: string[] = [];
    marquee.onStatus(({ state }) => heard.push(state));
    marquee.onState((state) => heard.push(state));
    expect(marquee.state).toBe('idle');
    marquee.live({}, () => undefined);
    marquee.close();
    expect(heard).toEqual(['idle', 'idle', 'connecting', 'connecting', 'closed', 'closed']);
  });

  it('is closed to live lists without a gateway', () => {
    expect(new Marquee({}).state).toBe('closed');
  });
});
