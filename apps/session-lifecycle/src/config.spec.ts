import { readConfig } from '#libs/service-host';
import { lifecycleConfig } from './config';

describe('the configuration of session-lifecycle', () => {
  it('has a secret for tokens or a key set, not both', () => {
    const needed = {
      DATABASE_URL: 'postgres://localhost/db',
      KAFKA_BROKERS: 'localhost:9092',
      REDIS_URL: 'redis://localhost',
    };
    const JWT_SECRET = 'a secret of at least thirty-two characters';
    const JWKS_URL = 'https://id.example/jwks.json';
    expect(() => readConfig(lifecycleConfig, { ...needed, JWT_SECRET })).not.toThrow();
    expect(() => readConfig(lifecycleConfig, { ...needed, JWT_SECRET, JWKS_URL })).toThrow(
      'JWT_SECRET: excludes JWKS_URL',
    );
  });
});
