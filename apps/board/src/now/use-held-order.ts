import { type DOMAttributes, useMemo, useRef, useState } from 'react';
import type { Row } from '../live/row';
import { holdOrder } from './held-order';

export interface HeldOrder {
  rows: readonly Row[];
  isHeld: boolean;
  /** Whether the list would look otherwise if it were not held. */
  waiting: boolean;
  /** For the element that holds the order while it is pointed at, or walked through by keys. */
  hold: Pick<DOMAttributes<HTMLElement>, 'onPointerEnter' | 'onPointerLeave' | 'onFocus' | 'onBlur'>;
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
  const hold = useMemo<HeldOrder['hold']>(
    () => ({
      // A finger does not hover.
      onPointerEnter: ({ pointerType }) => setHeld(pointerType === 'mouse'),
      onPointerLeave: () => setHeld(false),
      onFocus: ({ target }) => setHeld(target.matches(':focus-visible')),
      onBlur: ({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) setHeld(currentTarget.matches(':hover'));
      },
    }),
    [],
  );
  const waiting = rows.length !== fresh.length || rows.some(({ id }, place) => fresh[place]?.id !== id);
  return { rows, isHeld, waiting, hold };
}
