import { Admission } from './admission';

const limits = { connectionsPerSecond: 2, connectionsPerAddress: 100 };
const knock = (address = '10.0.0.1', origin?: string) => ({ address, origin });

describe('admission', () => {
  it('turns away what is beyond the rate, and says when to come again', () => {
    const admission = new Admission(limits, 0);
    for (let each = 0; each < 8; each += 1) expect(admission.enter(knock(), 0)).toBeNull();
    expect(admission.enter(knock(), 0)).toEqual({ status: 503, reason: 'too many at once', retryAfter: 1 });
    expect(admission.enter(knock(), 500)).toBeNull();
  });

  it('has a limit for each address, and forgets who left', () => {
    const admission = new Admission({ ...limits, connectionsPerAddress: 1 }, 0);
    expect(admission.enter(knock('a'), 0)).toBeNull();
    expect(admission.enter(knock('a'), 0)).toMatchObject({ status: 429 });
    expect(admission.enter(knock('b'), 0)).toBeNull();
    admission.left('a');
    expect(admission.enter(knock('a'), 0)).toBeNull();
  });

  it('keeps half of the burst for others, from an address that takes more than its share beside them', () => {
    const admission = new Admission({ connectionsPerSecond: 10, connectionsPerAddress: 1000 }, 0);
    const comeIn = (address: string, times: number, now: number) =>
      Array.from({ length: times }, () => admission.enter(knock(address), now)).filter((turned) => !turned).length;
    expect(comeIn('greedy', 60, 0)).toBe(40);
    expect(comeIn('other', 1, 0)).toBe(0);
    expect(comeIn('greedy', 100, 1000)).toBe(2);
    expect(comeIn('other', 5, 1000)).toBe(5);
  });

  it('lets browsers in from allowed origins only, and programs', () => {
    const admission = new Admission({ ...limits, origins: ['https://example.com'] }, 0);
    expect(admission.enter(knock('a', 'https://example.com'), 0)).toBeNull();
    expect(admission.enter(knock('a', 'https://example.com.evil.test'), 0)).toMatchObject({ status: 403 });
    expect(admission.enter(knock('a', 'null'), 0)).toMatchObject({ status: 403 });
    expect(admission.enter(knock('a'), 0)).toBeNull();
  });

  it('lets nobody in once it is shut', () => {
    const admission = new Admission(limits, 0);
    admission.shut();
    expect(admission.enter(knock(), 0)).toMatchObject({ status: 503 });
  });
});
