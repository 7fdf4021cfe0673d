import { useEffect, useRef, useState } from 'react';
import { audienceHistory } from '../live/audience-history';
import type { Row } from '../live/row';
import { useLiveRows } from '../live/use-live-rows';
import { risingOf } from './rising';

const EVERY_MS = 5000;
/** By then REST has told the past of those that are seen, the most watched; of the others what is seen here counts. */
const FIRST_MS = 1000;
const NO_FILTER = {};

/** Who gains most, found anew every few seconds so that it can be read. */
export function useRising(most: number): readonly (Row & { growth: number })[] | undefined {
  const { rows, state } = useLiveRows(NO_FILTER);
  const [rising, setRising] = useState<readonly { id: string; growth: number }[]>();
  const latest = useRef(rows);
  latest.current = rows;
  const isKnown = state !== 'loading' && rows.length > 0;
  useEffect(() => {
    if (!isKnown) return;
    const find = () => setRising(risingOf(latest.current, (id) => audienceHistory.growth(id), most));
    const first = setTimeout(find, FIRST_MS);
    const timer = setInterval(find, EVERY_MS);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [isKnown, most]);
  const known = new Map(rows.map((row) => [row.id, row]));
  return rising?.flatMap(({ id, growth }) => {
    const row = known.get(id);
    return row ? [{ ...row, growth }] : [];
  });
}
