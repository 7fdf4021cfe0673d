import { LifecycleService } from './lifecycle.service';

type Parts = ConstructorParameters<typeof LifecycleService>;

/** A service whose parts only note what they are told. `misses`: how often a dependency is not there yet. */
function given({ misses = 0 } = {}) {
  const told: string[] = [];
  const part = (name: string) => {
    const note = (what: string) => async () => {
      told.push(`${name} ${what}`);
    };
    const stops = note('stops');
    return { start: note('starts'), stop: stops, close: stops, destroy: stops, isInitialized: true };
  };
  const preparation = {
    run: async () => {
      told.push('preparation runs');
      if (misses-- > 0) throw new Error('no database');
    },
  };
  const silent = { warn: () => undefined, debug: () => undefined, info: () => undefined };
  const parts = 'writer keeper teller leftovers paused-topics consumers fan-out auditor watchdog freshness maintenance'
    .split(' ')
    .map(part);
  const given = [part('record'), part('counts'), part('bounds'), preparation, ...parts, silent] as unknown as Parts;
  return { service: new LifecycleService(...given), told };
}

const STARTED = 'paused-topics maintenance keeper teller leftovers consumers fan-out auditor watchdog freshness'
  .split(' ')
  .map((name) => `${name} starts`);

describe('the service', () => {
  it('lets nothing in before it is prepared and knows which topics stand still', async () => {
    const { service, told } = given();
    service.onApplicationBootstrap();
    await service.onApplicationShutdown();
    expect(told.slice(0, 11)).toEqual(['preparation runs', ...STARTED]);
  });

  it('tries again while a dependency is missing', async () => {
    const { service, told } = given({ misses: 1 });
    service.onApplicationBootstrap();
    await eventually(() => told.length === 12);
    expect(told).toEqual(['preparation runs', 'preparation runs', ...STARTED]);
    await service.onApplicationShutdown();
  });

  it('ends while a dependency is missing, and starts nothing', async () => {
    const { service, told } = given({ misses: Infinity });
    service.onApplicationBootstrap();
    await service.onApplicationShutdown();
    expect(told.filter((line) => line.endsWith('starts'))).toEqual([]);
  });

  it('stops what takes events first, then what they are told to, the record last', async () => {
    const { service, told } = given();
    service.onApplicationBootstrap();
    await service.onApplicationShutdown();
    const stops = told.filter((line) => line.endsWith('stops')).map((line) => line.split(' ')[0] ?? '');
    expect(stops.slice(0, 4).sort()).toEqual(['auditor', 'consumers', 'fan-out', 'watchdog']);
    expect(stops.slice(4, 6)).toEqual(['maintenance', 'paused-topics']);
    expect(stops.slice(6, 9).sort()).toEqual(['freshness', 'keeper', 'leftovers']);
    expect(stops.slice(9)).toEqual(['teller', 'writer', 'bounds', 'counts', 'record']);
  });
});

/** Lets timers run until it is so. */
async function eventually(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
