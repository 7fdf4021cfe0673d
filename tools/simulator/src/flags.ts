import { parseArgs } from 'node:util';

export interface Flags {
  brokers: string[];
  topicPrefix: string;
  sessions: number;
  /** Events per second. */
  rate: number;
  seed: number;
}

export const USAGE = `A simulated streaming platform: sends what a platform's services would send, to any Kafka.

  --brokers HOST:PORT[,…]   where Kafka is (default: $KAFKA_BROKERS, else 127.0.0.1:9092)
  --topic-prefix NAME       topics NAME.sessions, NAME.viewers, NAME.directory (default: marquee)
  --sessions N              sessions on air at once (default 60)
  --rate N                  events per second (default 20)
  --seed N                  the same seed gives the same platform (default 1)
`;

/** Parses the command line; 'help' when it was asked for. Throws an error that names the flag that is wrong. */
export function readCommand(args: string[], env: { KAFKA_BROKERS?: string }): Flags | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      brokers: { type: 'string', default: env.KAFKA_BROKERS || '127.0.0.1:9092' },
      'topic-prefix': { type: 'string', default: 'marquee' },
      sessions: { type: 'string', default: '60' },
      rate: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    brokers: values.brokers.split(','),
    topicPrefix: values['topic-prefix'],
    sessions: within('sessions', values.sessions, 1, 200_000),
    rate: within('rate', values.rate, 1, 200_000),
    seed: within('seed', values.seed, 0, 2 ** 31 - 1),
  };
}

function within(name: string, text: string, min: number, max: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  throw new Error(`--${name} must be a whole number from ${min} to ${max}, not ${JSON.stringify(text)}`);
}
