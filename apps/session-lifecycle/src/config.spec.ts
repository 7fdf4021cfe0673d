import { readConfig } from '#libs/service-host';
import { lifecycleConfig } from './config';

describe('the configuration of session-lifecycle', () => {
  const needed = {
    DATABASE_URL: 'postgres://localhost/db',
    KAFKA_BROKERS: 'localhost:9092',
    REDIS_URL: 'redis://localhost',
  };

  it('keeps what an event may speak of for longer than it may come late, and names what it does not', () => {
    const days = (given: Record<string, string>) => () => readConfig(lifecycleConfig, { ...needed, ...given });
    expect(days({ SESSIONS_KEEP_DAYS: '7.1' })).not.toThrow();
    expect(days({ SESSIONS_KEEP_DAYS: '7', UNLISTED_KEEP_DAYS: '0.5' })).toThrow(
      /UNLISTED_KEEP_DAYS: must be more than EVENT_HORIZON_DAYS, which is 7[^]*SESSIONS_KEEP_DAYS: must be more than/,
    );
    expect(days({ EVENT_HORIZON_DAYS: '40' })).toThrow(/EVENTS_KEEP_DAYS: .*must be more than EVENT_HORIZON_DAYS/);
    expect(days({ EVENT_HORIZON_DAYS: '0.001', EVENTS_KEEP_DAYS: '0.01', UNLISTED_KEEP_DAYS: '0.002' })).not.toThrow();
    expect(days({ EVENT_HORIZON_DAYS: '0' })).toThrow('EVENT_HORIZON_DAYS: must be more than 0');
  });

  it('has a secret for tokens or a key set, not both', () => {
    const JWT_SECRET = 'a secret of at least thirty-two characters';
    const JWKS_URL = 'https://id.example/jwks.json';
    expect(() => readConfig(lifecycleConfig, { ...needed, JWT_SECRET })).not.toThrow();
    expect(() => readConfig(lifecycleConfig, { ...needed, JWT_SECRET, JWKS_URL })).toThrow(
      'JWT_SECRET: excludes JWKS_URL',
    );
  });
});
