import { type FocusEvent, type KeyboardEvent, type RefObject, useCallback, useRef, useState } from 'react';

const FORWARD = new Set(['ArrowDown', 'j']);
const BACK = new Set(['ArrowUp', 'k']);

export interface RowKeys {
  /** The row that a tab comes to: the one that had the focus last. */
  stop: number;
  /** For the element around the rows. */
  keys: { onKeyDown: (event: KeyboardEvent) => void; onFocus: (event: FocusEvent) => void };
}

/** Arrows, and j and k, go from row to row; Home and End to the first and last. `scrollTo` brings a row that is not there into sight. */
export function useRowKeys(
  list: RefObject<HTMLElement | null>,
  count: number,
  scrollTo: (index: number) => void,
  columns = 1,
): RowKeys {
  const [stop, setStop] = useState(0);
  /** Where the focus goes, until it is there: the next key goes on from it. */
  const going = useRef<number>(undefined);
  const onKeyDown = useCallback(
    (event: KeyboardEvent) => {
      const from = (event.target as HTMLElement).closest<HTMLElement>('[data-row]');
      if (!from || event.metaKey || event.ctrlKey || event.altKey) return;
      const to = goal(event.key, going.current ?? Number(from.dataset['row']), count, columns);
      if (to === undefined) return;
      event.preventDefault();
      scrollTo(to);
      going.current = to;
      // Two frames: the list scrolls in the first, and shows the row in the second.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          if (going.current !== to) return;
          going.current = undefined;
          list.current?.querySelector<HTMLElement>(`[data-row="${to}"]`)?.focus({ preventScroll: true });
        }),
      );
    },
    [list, count, scrollTo, columns],
  );
  const onFocus = useCallback(({ target }: FocusEvent) => {
    const row = (target as HTMLElement).dataset['row'];
    if (row !== undefined) setStop(Number(row));
  }, []);
  return { stop, keys: { onKeyDown, onFocus } };
}

function goal(key: string, from: number, count: number, columns: number): number | undefined {
  const within = (index: number) => Math.max(0, Math.min(count - 1, index));
  if (FORWARD.has(key)) return within(from + columns);
  if (BACK.has(key)) return within(from - columns);
  if (columns > 1 && key === 'ArrowRight') return within(from + 1);
  if (columns > 1 && key === 'ArrowLeft') return within(from - 1);
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : undefined;
}
