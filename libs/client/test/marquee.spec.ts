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

  it('says so when it is asked after its end', () => {
    const marquee = new Marquee({ gateway });
    marquee.close();
    expect(marquee.state).toBe('closed');
    expect(() => marquee.live({}, () => undefined)).toThrow('live: this client is closed');
    expect(() => marquee.watch(['a'], () => undefined)).toThrow('watch: this client is closed');
  });

  it('is closed to live lists without a gateway', () => {
    expect(new Marquee({}).state).toBe('closed');
  });
});
