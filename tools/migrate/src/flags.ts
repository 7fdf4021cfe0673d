import { parseArgs } from 'node:util';

export type Command = { name: 'help' } | { name: 'migrate' } | { name: 'dry-run' };

export const USAGE = `npm run migrate -- [flags]: brings the database's schema to what this build needs.

  --dry-run   says what would be run, and changes nothing
  --help      this text

Services wait until it is done. It may be run again and again, and by several at once: one works, the others wait.
The database is $DATABASE_URL, else that of a running \`npm start\`.
`;

/** Parses the command line. Throws an error that says what is wrong with it. */
export function readCommand(args: string[]): Command {
  const { values } = parseArgs({
    args,
    options: { 'dry-run': { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  if (values.help) return { name: 'help' };
  return { name: values['dry-run'] ? 'dry-run' : 'migrate' };
}
