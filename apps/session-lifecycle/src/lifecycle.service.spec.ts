import type { LogBounds } from '#libs/event-log';
import type { ProjectionWriter } from '#libs/live-projection';
import type { PinoLogger } from 'nestjs-pino';
import type { DataSource } from 'typeorm';
import type { Auditor } from './audit/auditor';
import type { FanOut } from './fan-out/fan-out';
import type { TopicConsumers } from './ingest/topic-consumers';
import type { TopicGates } from './ingest/topic-gates';
import { LifecycleService } from './lifecycle.service';
import type { Preparation } from './preparation/preparation';
import type { ProjectionKeeper } from './projection/projection.keeper';
import type { Watchdog } from './watchdog/watchdog';

/** A service whose parts only say what they are told, in `told`. `misses`: how often a dependency is not there yet. */
function given({ misses = 0 } = {}) {
  const told: string[] = [];
  const part = <T>(name: string): T => {
    const say = (what: string) => async () => {
      told.push(`${name} ${what}`);
    };
    const part = { start: say('starts'), stop: say('stops'), close: say('stops'), destroy: say('stops') };
    return { ...part, isInitialized: true } as T;
  };
  const preparation = {
    run: async () => {
      told.push('preparation runs');
      if (misses-- > 0) throw new Error('no database');
    },
  } as Preparation;
  const silent = { warn: () => undefined, debug: () => undefined, info: () => undefined } as unknown as PinoLogger;
  const service = new LifecycleService(
    part<DataSource>('record'),
    part<LogBounds>('bounds'),
    preparation,
    part<ProjectionWriter>('writer'),
    part<ProjectionKeeper>('keeper'),
    part<TopicGates>('gates'),
    part<TopicConsumers>('consumers'),
    part<FanOut>('fan-out'),
    part<Auditor>('auditor'),
    part<Watchdog>('watchdog'),
    silent,
  );
  return { service, told };
}

const STARTED = ['gates', 'keeper', 'consumers', 'fan-out', 'auditor', 'watchdog'].map((name) => `${name} starts`);

describe('the service', () => {
  it('lets nothing in before it is prepared and knows which topics stand still', async () => {
    const { service, told } = given();
    service.onApplicationBootstrap();
    await service.onApplicationShutdown();
    expect(told.slice(0, 7)).toEqual(['preparation runs', ...STARTED]);
  });

  it('tries again while a dependency is missing', async () => {
    const { service, told } = given({ misses: 1 });
    service.onApplicationBootstrap();
    await eventually(() => told.length === 8);
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
    expect(stops.slice(4)).toEqual(['gates', 'keeper', 'writer', 'bounds', 'record']);
  });
});

/** Lets timers run until it is so. */
async function eventually(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
