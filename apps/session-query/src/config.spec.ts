import { readConfig } from '#libs/service-host';
import { queryConfig } from './config';

describe('the configuration of session-query', () => {
  it('has a secret for tokens or a key set, not both', () => {
    const needed = { DATABASE_URL: 'postgres://localhost/db', REDIS_URL: 'redis://localhost' };
    const JWT_SECRET = 'a secret of at least thirty-two characters';
    const JWKS_URL = 'https://id.example/jwks.json';
    expect(() => readConfig(queryConfig, { ...needed, JWT_SECRET })).not.toThrow();
    expect(() => readConfig(queryConfig, { ...needed, JWT_SECRET, JWKS_URL })).toThrow('JWT_SECRET: excludes JWKS_URL');
  });
});
