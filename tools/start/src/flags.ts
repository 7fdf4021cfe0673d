import { parseArgs } from 'node:util';

export interface StartFlags {
  simulator: boolean;
  fresh: boolean;
  dataDir: string;
  sessions: string;
  rate: string;
  seed: string;
}

export const USAGE = `npm start -- [flags]: the whole of Marquee on this machine, with a simulated platform.

  --no-simulator     start without the simulated platform
  --fresh            empty all data first
  --data-dir DIR     where data, logs, keys and addresses are (default: .marquee)
  --sessions N       simulated sessions on air at once (default 60)
  --rate N           simulated events per second (default 20)
  --seed N           the same seed gives the same platform (default 1)
  --help             this text

KAFKA_BROKERS, DATABASE_URL and REDIS_URL name servers to use instead of own ones.
`;

/** Parses the command line; 'help' when it was asked for. Throws an error that names what is wrong. */
export function readCommand(args: string[]): StartFlags | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      'no-simulator': { type: 'boolean', default: false },
      fresh: { type: 'boolean', default: false },
      'data-dir': { type: 'string', default: '.marquee' },
      sessions: { type: 'string', default: '60' },
      rate: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  for (const name of ['sessions', 'rate', 'seed'] as const) {
    if (!/^\d{1,9}$/.test(values[name]))
      throw new Error(`--${name} must be a whole number, not ${JSON.stringify(values[name])}`);
  }
  const { sessions, rate, seed, fresh } = values;
  return { simulator: !values['no-simulator'], fresh, dataDir: values['data-dir'], sessions, rate, seed };
}
