import { useMemo, useRef } from 'react';
import { serverNow } from '../api/settings';
import type { Row } from '../live/row';
import { Places } from './places';

/** How far each has moved in the list of late; none where another question was asked. */
export function useMoves(rows: readonly Row[], asked: string): ReadonlyMap<string, number> {
  const places = useRef(new Places());
  const before = useRef(asked);
  return useMemo(() => {
    if (before.current !== asked) places.current.clear();
    before.current = asked;
    return places.current.moved(
      rows.map(({ id }) => id),
      serverNow(),
    );
  }, [rows, asked]);
}
