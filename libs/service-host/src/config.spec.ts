import { z } from 'zod';
import { ConfigError, flag, hostConfig, integer, list, readConfig } from './config';

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
