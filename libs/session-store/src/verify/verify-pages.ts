import type { DataSource, QueryRunner } from 'typeorm';
import { againstFold } from './against-folds';
import { countsAgainstBuckets } from './counts-and-buckets';
import type { Difference } from './difference';
import { inSnapshot } from './in-snapshot';
import { keptSessions } from './kept-sessions';
import { FIRST_ID, type PageRange, entityRange, idAfter, sessionRange } from './page-range';
import { textsAgainstEntities } from './reference-texts';

const PAGE = 1000;

/** What was looked at, and what differs. */
export interface VerifiedPage {
  differences: Difference[];
  /** Sessions, or entities. */
  size: number;
  /** Sessions with a count. */
  counted: number;
  /** Of them, those whose count or peak cannot be held against their history any more. */
  unknownCounts: number;
  /** Sessions whose last sign of life is known from one register alone. */
  signals: number;
}

type Verify = (runner: QueryRunner, range: PageRange) => Promise<VerifiedPage>;

/**
 * Holds the tables of all sessions against their folds, in pages in the order of ids. Each page is of one moment, so
 * nothing in it is under way. As much memory as a page has, however many sessions there are.
 */
export function verifySessions(source: DataSource, pageSize = PAGE): AsyncGenerator<VerifiedPage> {
  return inPages(source, pageSize, sessionRange, verifySessionPage);
}

/** The same of the searched texts of rooms and hosts. */
export function verifyReferenceTexts(source: DataSource): AsyncGenerator<VerifiedPage> {
  return inPages(source, PAGE, entityRange, async (runner, range) => {
    const { differences, searched } = await textsAgainstEntities(runner, range);
    return { differences, size: searched, counted: 0, unknownCounts: 0, signals: 0 };
  });
}

async function verifySessionPage(runner: QueryRunner, range: PageRange): Promise<VerifiedPage> {
  const sessions = await keptSessions(runner, range);
  const { differences, counted, unknown } = await countsAgainstBuckets(runner, range);
  return {
    differences: [...sessions.flatMap(againstFold), ...differences],
    size: sessions.length,
    counted,
    unknownCounts: unknown,
    signals: sessions.filter(({ signals }) => signals?.last_signal_at != null).length,
  };
}

async function* inPages(
  source: DataSource,
  pageSize: number,
  rangeFrom: (runner: QueryRunner, from: string, limit: number) => Promise<PageRange | null>,
  verify: Verify,
): AsyncGenerator<VerifiedPage> {
  for (let from: string | null = FIRST_ID; from !== null;) {
    const begin: string = from;
    const { page, next }: { page: VerifiedPage | null; next: string | null } = await inSnapshot(
      source,
      async (runner) => {
        const range = await rangeFrom(runner, begin, pageSize);
        return range ? { page: await verify(runner, range), next: idAfter(range.to) } : { page: null, next: null };
      },
    );
    if (page) yield page;
    from = next;
  }
}
