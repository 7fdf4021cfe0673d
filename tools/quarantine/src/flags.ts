import { parseArgs } from 'node:util';

export interface Selection {
  topic?: string;
  reason?: string;
  /** RFC 3339. */
  since?: string;
}

export type Command =
  | { name: 'help' }
  | { name: 'status' }
  | { name: 'list'; selection: Selection; state: string; limit: number }
  | { name: 'show'; id: string }
  | { name: 'replay'; ids: string[]; selection: Selection; why: string | undefined }
  | { name: 'discard' | 'discard-range'; id: string; why: string }
  | { name: 'replay-range'; id: string; why: string | undefined }
  | { name: 'resume'; topic: string; minutes: number; why: string | undefined };

export interface Call {
  command: Command;
  json: boolean;
  /** Of session-lifecycle. */
  url: string | undefined;
  key: string | undefined;
}

export const USAGE = `What session-lifecycle could not take, and how far it has come.

  npm run quarantine -- list [--state open|replayed|discarded] [--topic T] [--reason R] [--since T] [--limit N]
  npm run quarantine -- show ID
  npm run quarantine -- replay [ID… | --topic T --reason R --since T]    without any: all that are open
  npm run quarantine -- discard ID --why "…"
  npm run quarantine -- resume TOPIC [--minutes N]    lets a topic go on that stands still because most sources stormed at once
  npm run quarantine -- replay-range ID | discard-range ID --why "…"    what the quarantine had no room for
  npm run quarantine -- status    how far each partition is, gaps, paused topics, ranges beyond the quarantine

  --why     why you do it: it is written down with what you did, and shown on the board
  --since   a time like 2026-11-24T12:00:00Z, or how long ago: 90s, 10m, 2h, 3d
  --json    the answer as JSON
  --url     of session-lifecycle (default: $LIFECYCLE_URL, else that of a running \`npm start\`)
  --key     its ADMIN_KEY (default: $ADMIN_KEY, else that of a running \`npm start\`)
`;

const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Parses the command line. Throws an error that says what is wrong with it. `now`: epoch ms. */
export function readCommand(args: string[], now: number): Call {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      state: { type: 'string', default: 'open' },
      topic: { type: 'string' },
      reason: { type: 'string' },
      since: { type: 'string' },
      limit: { type: 'string', default: '50' },
      why: { type: 'string' },
      minutes: { type: 'string', default: '10' },
      json: { type: 'boolean', default: false },
      url: { type: 'string' },
      key: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { json, url, key } = values;
  const [name, ...rest] = positionals;
  const command = values.help || name === undefined ? { name: 'help' as const } : commandOf(name, rest, values, now);
  return { command, json, url, key };
}

type Values = Record<'state' | 'limit' | 'minutes', string> &
  Partial<Record<'topic' | 'reason' | 'since' | 'why', string>>;

function commandOf(name: string, rest: string[], values: Values, now: number): Command {
  switch (name) {
    case 'status':
      only(rest, 0);
      return { name };
    case 'list':
      only(rest, 0);
      return { name, selection: selectionOf(values, now), state: values.state, limit: whole('--limit', values.limit) };
    case 'show':
      return { name, id: one(rest, 'show needs the ID of a row; `list` shows them') };
    case 'replay':
      return {
        name,
        ids: rest,
        selection: rest.length > 0 ? noSelection(values) : selectionOf(values, now),
        why: values.why,
      };
    case 'replay-range':
      return { name, id: one(rest, 'replay-range needs the ID of a range; `status` shows them'), why: values.why };
    case 'discard':
    case 'discard-range': {
      if (!values.why) throw new Error('--why is needed: what makes it worthless');
      const shownBy = name === 'discard' ? 'row; `list`' : 'range; `status`';
      return { name, id: one(rest, `${name} needs the ID of a ${shownBy} shows them`), why: values.why };
    }
    case 'resume':
      return {
        name,
        topic: one(rest, 'resume needs the name of a topic; `status` shows them'),
        minutes: whole('--minutes', values.minutes),
        why: values.why,
      };
    default:
      throw new Error(`there is no command ${name}`);
  }
}

function selectionOf({ topic, reason, since }: Values, now: number): Selection {
  return {
    ...(topic !== undefined && { topic }),
    ...(reason !== undefined && { reason }),
    ...(since !== undefined && { since: timeOf(since, now) }),
  };
}

function noSelection({ topic, reason, since }: Values): Selection {
  if ((topic ?? reason ?? since) === undefined) return {};
  throw new Error('replay takes either IDs or a selection');
}

function timeOf(since: string, now: number): string {
  const [, amount, unit = ''] = /^(\d+)([smhd])$/.exec(since) ?? [];
  if (amount !== undefined) return new Date(now - Number(amount) * (UNITS[unit] ?? 0)).toISOString();
  const time = Date.parse(since);
  if (Number.isNaN(time)) throw new Error(`--since: ${since} is neither a time nor like 90s, 10m, 2h, 3d`);
  return new Date(time).toISOString();
}

function whole(flag: string, value: string): number {
  if (/^[1-9]\d{0,6}$/.test(value)) return Number(value);
  throw new Error(`${flag}: must be a whole number above 0, not ${value}`);
}

function one([first, ...more]: string[], missing: string): string {
  if (first === undefined) throw new Error(missing);
  only(more, 0);
  return first;
}

function only(rest: string[], count: number): void {
  if (rest.length > count) throw new Error(`there is nothing to do with ${rest.slice(count).join(' ')}`);
}
