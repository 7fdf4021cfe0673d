import { readConfig } from '#libs/service-host';
import { gatewayConfig } from './config';

describe('the configuration of session-gateway', () => {
  it('has a secret for tokens or a key set, not both', () => {
    const needed = { REDIS_URL: 'redis://localhost' };
    const JWT_SECRET = 'a secret of at least thirty-two characters';
    const JWKS_URL = 'https://id.example/jwks.json';
    expect(() => readConfig(gatewayConfig, { ...needed, JWT_SECRET })).not.toThrow();
    expect(() => readConfig(gatewayConfig, { ...needed, JWT_SECRET, JWKS_URL })).toThrow(
      'JWT_SECRET: excludes JWKS_URL',
    );
  });

  it('has places for a crowd of one address that is let in at once, each with a list of 200 rows', () => {
    const given = readConfig(gatewayConfig, { REDIS_URL: 'redis://localhost' });
    const atOnce = 4 * given.CONNECTIONS_PER_SECOND;
    const placesOfEach = 1 + 200 / 50;
    expect(given.WAITING_PER_ADDRESS).toBeGreaterThanOrEqual(atOnce * placesOfEach);
  });
});
