import { parseArgs } from 'node:util';

export type Command =
  | { name: 'help' }
  /** `emptied`: what the record has is thrown away first. `goesOn`: another one has begun it. */
  | { name: 'from-kafka'; emptied: boolean; goesOn: boolean }
  /** `changes`: false only says what would be mended. */
  | { name: 'from-log'; changes: boolean };

export const USAGE = `npm run rebuild -- WAY [flags]: the record again, from what is older than it.

  --from-kafka       fills an empty record from what Kafka keeps. session-lifecycle does the work, this command shows how far
                     it is and says in the end what could not be known. Refuses a record that is not empty.
    --empty-first    throws away all that the record has of sessions, rooms, hosts, presets, counts and quarantine
    --go-on          shows how far it is where it has begun already; throws away nothing

  --from-log         folds the sessions again whose log is whole, and mends those that differ from it
    --dry-run        says what it would mend, and changes nothing

  --help             this text

It takes the configuration of session-lifecycle (DATABASE_URL, KAFKA_BROKERS, KAFKA_TOPIC_PREFIX, …), else that of a running
\`npm start\`.
`;

/** Parses the command line. Throws an error that says what is wrong with it. */
export function readCommand(args: string[]): Command {
  const { values } = parseArgs({
    args,
    options: {
      'from-kafka': { type: 'boolean', default: false },
      'from-log': { type: 'boolean', default: false },
      'empty-first': { type: 'boolean', default: false },
      'go-on': { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { name: 'help' };
  if (values['from-kafka'] === values['from-log']) throw new Error('one of --from-kafka and --from-log is needed');
  const { 'empty-first': emptied, 'go-on': goesOn, 'dry-run': isDry } = values;
  if (values['from-log']) {
    if (emptied || goesOn) throw new Error('--empty-first and --go-on are for --from-kafka');
    return { name: 'from-log', changes: !isDry };
  }
  if (isDry) throw new Error('--dry-run is for --from-log');
  if (emptied && goesOn) throw new Error('--empty-first and --go-on exclude each other');
  return { name: 'from-kafka', emptied, goesOn };
}
