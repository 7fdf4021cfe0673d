import { parseArgs } from 'node:util';
import { FAULTS } from './nemesis/faults';

/** Not a fault that strikes: a part of the workload. */
export const POISONED_HEADERS = 'poisoned headers';

export interface TortureFlags {
  minutes: number;
  seed: number;
  sessions: number;
  /** Events per second, before duplicates. */
  rate: number;
  /** So many times as long for all that has to happen in time. */
  patience: number;
  bug: string | undefined;
  keep: boolean;
  /** Only these kinds of faults; all when empty. */
  faults: string[];
  /** None of these: kinds of faults, or POISONED_HEADERS. */
  without: string[];
  report: string | undefined;
}

const KINDS = Object.keys(FAULTS).join(', ');

export const USAGE = `npm run torture -- [--minutes 10] [--seed 1] [--bug M3] [--keep]
  --minutes M         how long the workload and the faults run
  --seed S            the same seed gives the same workload and the same sequence of faults
  --bug Mx            with one seeded bug (test/torture/bugs), loaded before the services; the run must go red
  --faults a,b        only these kinds of faults ("none": no faults): ${KINDS}
  --without a,b       none of these kinds of faults; "${POISONED_HEADERS}": poison only in keys and values
  --sessions N        at least 2000 by default
  --rate R            events per second, before duplicates (default 150)
  --patience N        N times as long for all that has to happen in time, where the machine has other work as well
  --report FILE       writes the report as JSON there
  --keep              leaves data, logs and journal in place and says where
Exit code: 0 all invariants hold, 1 one does not, 2 the run itself failed.`;

/** Throws with what is wrong. */
export function readFlags(args: string[]): TortureFlags | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string', default: '1' },
      sessions: { type: 'string', default: '2000' },
      rate: { type: 'string', default: '150' },
      patience: { type: 'string', default: '1' },
      bug: { type: 'string' },
      faults: { type: 'string', default: '' },
      without: { type: 'string', default: '' },
      report: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    minutes: number('minutes', values.minutes, 0.05, 24 * 60),
    seed: number('seed', values.seed, 0, 2 ** 31),
    sessions: number('sessions', values.sessions, 10, 100_000),
    rate: number('rate', values.rate, 1, 5000),
    patience: number('patience', values.patience, 1, 100),
    bug: values.bug,
    keep: values.keep,
    faults: kinds('faults', values.faults, ['none']),
    without: kinds('without', values.without, [POISONED_HEADERS]),
    report: values.report,
  };
}

function kinds(flag: string, text: string, also: string[]): string[] {
  const given = text.split(',').filter((name) => name !== '');
  const unknown = given.find((name) => !also.includes(name) && !Object.hasOwn(FAULTS, name));
  if (unknown === undefined) return given;
  throw new Error(`--${flag}: there is no ${unknown}; there are ${KINDS}, and ${also.join()}`);
}

function number(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= min && value <= max))
    throw new Error(`--${name}: ${text} is not a number from ${min} to ${max}`);
  return value;
}
