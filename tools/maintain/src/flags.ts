import { parseArgs } from 'node:util';

export type Command = { name: 'help' } | { name: 'dry-run' | 'now'; json: boolean };

export const USAGE = `What of the record is old enough to leave, by the policy of session-lifecycle.

  npm run maintain -- --dry-run    shows what would leave, and changes nothing
  npm run maintain -- --now        takes it away now, in small steps beside whatever else is running

  --json    one line of JSON for each table

The policy is that of the variables EVENTS_KEEP_DAYS, VIEWERS_KEEP_10S_HOURS, … (see docs/configuration.md): set them here as for the
service. The database is $DATABASE_URL, else that of a running \`npm start\`. How old something is, is told by the time up to
which session-lifecycle has recorded all that producers said.
`;

/** Parses the command line. Throws an error that says what is wrong with it. */
export function readCommand(args: string[]): Command {
  const { values } = parseArgs({
    args,
    options: {
      'dry-run': { type: 'boolean', default: false },
      now: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { 'dry-run': isDry, now, json, help } = values;
  if (help || (!isDry && !now)) return { name: 'help' };
  if (isDry && now) throw new Error('--dry-run and --now exclude each other');
  return { name: isDry ? 'dry-run' : 'now', json };
}
