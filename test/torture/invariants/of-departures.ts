import { readFileSync } from 'node:fs';
import type { Departure } from '../oracle/record-audit';
import { type Verdict, judge, unjudged } from '../verdict';

/** A run of so many minutes in which nothing left is no proof that it may. */
const PROOF_FROM_MINUTES = 3;

/** What left viewer history during a run; empty partitions left out. */
export interface Left {
  partitions: number;
  /** That were rolled up from one table into a coarser one. */
  rows: number;
  /** Detachings of partitions that were interrupted, and finished later. */
  interrupted: number;
}

/** `logs`: files of the processes that take away what is old. */
export function leftOf(departures: readonly Departure[], logs: readonly string[]): Left {
  return {
    partitions: departures.length,
    rows: departures.reduce((sum, { rows }) => sum + rows, 0),
    interrupted: logs.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(FINISHED)]).length,
  };
}

const FINISHED = /"did":"finished detaching partition /g;

/** I11, its other half: viewer history really did go from one grain to the next. */
export function departuresVerdict({ partitions, rows, interrupted }: Left, minutes: number): Verdict {
  const says = 'viewer history is rolled up and dropped while faults strike';
  const looked = `${partitions} partitions with ${rows} rows, ${interrupted} detachings were interrupted`;
  if (partitions > 0) return judge('I11', says, looked, []);
  if (minutes < PROOF_FROM_MINUTES) return unjudged('I11', says, 'not yet', `less than ${PROOF_FROM_MINUTES} minutes`);
  return judge('I11', says, looked, [`no partition left in ${minutes} minutes: this run proves nothing of it`]);
}
