import { z } from 'zod';
import {
  ConfigError,
  bearerConfig,
  bearerKeys,
  contradictingBearer,
  flag,
  hostConfig,
  integer,
  list,
  readConfig,
} from './config';

const schema = z.object({
  ...hostConfig,
  BROKERS: list,
  SLICE: integer(1, 500).default(500),
  FAST: flag.default(false),
});

describe('reading the configuration', () => {
  it('parses text into values and fills in defaults', () => {
    expect(readConfig(schema, { PORT: '3000', BROKERS: 'a:1, b:2', FAST: 'true' })).toEqual({
      HOST: '0.0.0.0',
      PORT: 3000,
      LOG_LEVEL: 'info',
      BROKERS: ['a:1', 'b:2'],
      SLICE: 500,
      FAST: true,
    });
  });

  it('tells everything that is wrong at once, and no value', () => {
    const read = () => readConfig(schema, { PORT: 'secret', SLICE: '501', BROKERS: '' });
    expect(read).toThrow(ConfigError);
    try {
      read();
    } catch (error) {
      const { problems } = error as ConfigError;
      expect(problems).toHaveLength(3);
      expect(problems).toEqual([
        'PORT: must be a whole number from 0 to 65535',
        expect.stringMatching(/^BROKERS: is not set/),
        'SLICE: must be at most 500',
      ]);
      expect((error as Error).message).not.toContain('secret');
    }
  });
});

describe('the configuration of tokens', () => {
  const tokens = z.object(bearerConfig);
  const JWT_SECRET = 'a secret of at least thirty-two characters';
  const JWKS_URL = 'https://id.example/jwks.json';

  it('says what a token must say', () => {
    const read = readConfig(tokens, { JWKS_URL, JWT_ISSUER: 'us', JWT_AUDIENCE: 'a, b', JWT_REQUIRE_EXP: 'false' });
    expect(bearerKeys(read)).toEqual({ jwksUrl: JWKS_URL, issuer: 'us', audience: ['a', 'b'], requireExp: false });
    expect(bearerKeys(readConfig(tokens, {}))).toEqual({ requireExp: true });
  });

  it('is a secret or a key set, not both', () => {
    expect(contradictingBearer(readConfig(tokens, { JWT_SECRET }))).toEqual([]);
    expect(contradictingBearer(readConfig(tokens, { JWKS_URL }))).toEqual([]);
    expect(contradictingBearer(readConfig(tokens, { JWT_SECRET, JWKS_URL }))).toEqual([
      ['JWT_SECRET', expect.stringContaining('JWKS_URL')],
    ]);
  });
});
