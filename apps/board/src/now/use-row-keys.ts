import { type KeyboardEvent, type RefObject, useCallback } from 'react';

const FORWARD = new Set(['ArrowDown', 'j']);
const BACK = new Set(['ArrowUp', 'k']);

/** Arrows, and j and k, go from row to row; Home and End to the first and last. `scrollTo` brings a row that is not there into sight. */
export function useRowKeys(
  list: RefObject<HTMLElement | null>,
  count: number,
  scrollTo: (index: number) => void,
  columns = 1,
): (event: KeyboardEvent) => void {
  return useCallback(
    (event) => {
      const from = (event.target as HTMLElement).closest<HTMLElement>('[data-row]');
      if (!from || event.metaKey || event.ctrlKey || event.altKey) return;
      const to = goal(event.key, Number(from.dataset['row']), count, columns);
      if (to === undefined) return;
      event.preventDefault();
      scrollTo(to);
      // Two frames: the list scrolls in the first, and shows the row in the second.
      requestAnimationFrame(() =>
        requestAnimationFrame(() =>
          list.current?.querySelector<HTMLElement>(`[data-row="${to}"]`)?.focus({ preventScroll: true }),
        ),
      );
    },
    [list, count, scrollTo, columns],
  );
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
