import type { DataSource } from 'typeorm';
import { inBoundedStep } from './bounded-step';
import type { Leaving } from './leaving';

export const DAY_MS = 86_400_000;
/** Rows that a step takes. */
const AT_ONCE = 2000;
/** A plan counts no further. */
export const COUNTED_AT_MOST = 100_000;

/** A table whose rows leave at an age, each for itself. */
export interface OldRows {
  table: string;
  days: number;
  /** Gives `at` of the oldest. */
  oldest: string;
  /** Gives how many there are, as `rows`, that are older than $1; counts $2 of them at most. */
  count: string;
  /** Deletes $2 of them at most, and passes over what others have locked. */
  take: string;
}

export function oldRows({ table, days, oldest, count, take }: OldRows): Leaving {
  const before = (now: number) => new Date(now - days * DAY_MS);
  return {
    table,
    async oldest(source, now) {
      const [row] = (await source.query(oldest)) as { at: Date | number | null }[];
      return ageOf(row?.at ?? null, now);
    },
    async plan(source, now) {
      const rows = await countedRows(source, count, [before(now), COUNTED_AT_MOST]);
      return rows === 0 ? [] : [{ what: `delete from ${table} before ${before(now).toISOString()}`, rows }];
    },
    async step(source, now) {
      const rows = await inBoundedStep(source, async (runner) => {
        const [, taken] = (await runner.query(take, [before(now), AT_ONCE])) as [unknown, number];
        return taken;
      });
      return { rows, more: rows > 0, did: null };
    },
  };
}

export async function countedRows(source: DataSource, text: string, values: unknown[]): Promise<number> {
  const [row] = (await source.query(text, values)) as { rows: string }[];
  return Number(row?.rows ?? 0);
}

/** null: there is none, or its time is none (the driver gives an infinite one as a number). */
export function ageOf(at: Date | number | null, now: number): number | null {
  return at instanceof Date ? Math.max(0, now - at.getTime()) : null;
}
