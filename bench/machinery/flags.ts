import { parseArgs } from 'node:util';

export const USAGE = `npm run bench -- [NAME…] [--list] [--runs N] [--scale S]
  NAME       what to measure; without a name, everything
  --list     what there is
  --runs N   how often everybody runs, interleaved (3)
  --scale S  of the size that the targets speak of (1); results are only written down at 1
  --profile DIR  every contestant leaves a CPU profile there
`;

export interface Flags {
  names: string[];
  list: boolean;
  help: boolean;
  runs: number;
  scale: number;
  profile?: string | undefined;
}

/** Throws an error that says what is wrong and what would be right. */
export function readFlags(args: string[], known: readonly string[]): Flags {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      runs: { type: 'string', default: '3' },
      scale: { type: 'string', default: '1' },
      profile: { type: 'string' },
    },
  });
  for (const name of positionals) {
    if (!known.includes(name)) throw new Error(`there is no bench ${name}; there are ${known.join(', ')}`);
  }
  const [runs, scale] = [Number(values.runs), Number(values.scale)];
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs: must be a whole number from 1, is ${values.runs}`);
  if (!(scale > 0 && scale <= 10)) throw new Error(`--scale: must be above 0 and at most 10, is ${values.scale}`);
  return {
    names: positionals.length > 0 ? positionals : [...known],
    list: values.list,
    help: values.help,
    runs,
    scale,
    profile: values.profile,
  };
}
