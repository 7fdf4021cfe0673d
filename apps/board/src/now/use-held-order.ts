import { useMemo, useRef, useState } from 'react';
import type { Row } from '../live/row';
import { holdOrder } from './held-order';

export interface HeldOrder {
  rows: readonly Row[];
  isHeld: boolean;
  /** Whether the list would look otherwise if it were not held. */
  waiting: boolean;
  /** For the element whose being pointed at holds the order. */
  hold: { onPointerEnter: (event: { pointerType: string }) => void; onPointerLeave: () => void };
}

/** The rows in their order; while the pointer is on them, in the order in which it found them. `asked`: another question is never held. */
export function useHeldOrder(fresh: readonly Row[], asked: string): HeldOrder {
  const [isHeld, setHeld] = useState(false);
  const shown = useRef<{ asked: string; rows: readonly Row[] }>({ asked, rows: fresh });
  const isSame = shown.current.asked === asked;
  const rows = useMemo(
    () => (isHeld && isSame ? holdOrder(shown.current.rows, fresh) : fresh),
    [isHeld, isSame, fresh],
  );
  shown.current = { asked, rows };
  const hold = useMemo(
    () => ({
      // A finger does not hover.
      onPointerEnter: ({ pointerType }: { pointerType: string }) => setHeld(pointerType === 'mouse'),
      onPointerLeave: () => setHeld(false),
    }),
    [],
  );
  const waiting = rows.length !== fresh.length || rows.some(({ id }, place) => fresh[place]?.id !== id);
  return { rows, isHeld, waiting, hold };
}
