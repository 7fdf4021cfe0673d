import { Parking } from './parking';

/** A parking whose probe ends as a test says. */
function given() {
  const told: string[] = [];
  const probes: ((error?: Error) => void)[] = [];
  const parking = new Parking({
    probe: () => new Promise((resolve, reject) => probes.push((error) => (error ? reject(error) : resolve()))),
    onPark: (reason) => told.push(`park ${reason}`),
    onTry: () => told.push('try'),
    onLeave: () => told.push('leave'),
  });
  const answer = async (error?: Error) => {
    await jest.advanceTimersByTimeAsync(5000);
    probes.shift()?.(error);
    await jest.advanceTimersByTimeAsync(0);
  };
  const park = (partition: number) => void parking.park(partition, new Error('away'), () => false);
  return { parking, told, answer, park };
}

describe('a consumer that is parked', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('stays so until what was refused succeeds, however often the probe does', async () => {
    const { parking, told, answer, park } = given();
    park(0);
    await answer(new Error('still away'));
    expect(parking.isHeld).toBe(true);
    await answer();
    expect(parking.isHeld).toBe(false);
    park(0);
    await answer();
    expect(parking.status(0).parkReason).toBe('away');
    parking.succeeded(1);
    expect(told).toEqual(['park away', 'try', 'try']);
    parking.succeeded(0);
    expect(told.at(-1)).toBe('leave');
    expect(parking.status(0)).toMatchObject({ parkedSince: null, parkReason: null });
  });

  it('is left only when everything that was refused has succeeded', async () => {
    const { parking, told, answer, park } = given();
    park(0);
    park(1);
    await answer();
    parking.succeeded(0);
    expect(told).not.toContain('leave');
    parking.succeeded(1);
    expect(told).toEqual(['park away', 'try', 'leave']);
  });

  it('is left when its partitions are given out anew, but not before the probe succeeds', async () => {
    const { parking, told, answer, park } = given();
    park(0);
    parking.forgetPartitions();
    expect(told).not.toContain('leave');
    await answer();
    expect(told).toEqual(['park away', 'try', 'leave']);
  });

  it('is left when for a while nothing comes that could be tried', async () => {
    const { parking, told, answer, park } = given();
    park(0);
    await answer();
    parking.isIdle(Date.now() + 5000);
    expect(told).not.toContain('leave');
    parking.isIdle(Date.now() + 5001);
    expect(told).toContain('leave');
  });
});
