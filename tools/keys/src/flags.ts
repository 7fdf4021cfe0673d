import { parseArgs } from 'node:util';
import { type Scope, scope, why } from '#libs/contracts';

export type Command =
  | { name: 'help' }
  | { name: 'create'; key: { name: string; scopes: Scope[]; sources: string[] | null }; json: boolean }
  | { name: 'list'; json: boolean }
  | { name: 'revoke'; id: string; why: string; json: boolean };

export const USAGE = `API keys of this Marquee. A key's text is shown once, when it is made.

  npm run keys -- create --name NAME --scopes SCOPE[,…] [--sources SOURCE[,…]]
  npm run keys -- list
  npm run keys -- revoke ID [--why "…"]

  --scopes    ${scope.options.join(', ')}
  --sources   the \`source\` values of events that an events:write key may send (default: every one)
  --why       why it is revoked: it is written down among the acts of operators
  --json      the answer as JSON

The database is $DATABASE_URL, else that of a running \`npm start\`.
`;

/** Parses the command line. Throws an error that says what is wrong with it. */
export function readCommand(args: string[]): Command {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      scopes: { type: 'string' },
      sources: { type: 'string' },
      why: { type: 'string', default: 'not said' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { json } = values;
  const [name, id, ...more] = positionals;
  if (values.help || name === undefined) return { name: 'help' };
  if (more.length > 0) throw new Error(`there is nothing to do with ${more.join(' ')}`);
  if (name === 'create') return { name, json, key: keyOf(values) };
  if (name === 'list') return { name, json };
  if (name !== 'revoke') throw new Error(`there is no command ${name}`);
  if (id === undefined) throw new Error('revoke needs the ID of a key; `list` shows them');
  const said = why.safeParse(values.why);
  if (!said.success) throw new Error(`--why: ${said.error.issues[0]?.message}`);
  return { name, json, id, why: said.data };
}

function keyOf({ name, scopes, sources }: { name?: string; scopes?: string; sources?: string }) {
  if (!name) throw new Error('--name is needed: whose key it is');
  if (!scopes) throw new Error(`--scopes is needed: ${scope.options.join(', ')}`);
  const parsed = partsOf(scopes).map((part) => {
    const known = scope.safeParse(part);
    if (known.success) return known.data;
    throw new Error(`--scopes: there is no scope ${part}; there are ${scope.options.join(', ')}`);
  });
  return { name, scopes: parsed, sources: sources === undefined ? null : partsOf(sources) };
}

function partsOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
