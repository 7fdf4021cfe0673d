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
});
