import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ShownRows } from './session-list';
import { TableRow } from './table-row';
import styles from './table.module.css';
import { useRowKeys } from './use-row-keys';

export const ROW_HEIGHT = 60;
/** So many rows before the end the next are asked for. */
const NEAR = 15;

/** The list as a table. Only what is seen is there; a row stands at its place by `translateY`, so that a change of place is a movement. */
export function Table({ rows, moves, nearEnd }: ShownRows) {
  const table = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(offsetOf(table.current)), []);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    scrollMargin: top,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - NEAR) nearEnd();
  }, [last, rows.length, nearEnd]);
  const press = useRowKeys(table, rows.length, (index) => virtual.scrollToIndex(index));
  return (
    <div role="table" aria-label="Sessions" aria-rowcount={rows.length + 1} ref={table} className={styles.table} onKeyDown={press}>
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className={styles.head}>
          <span role="columnheader" className={styles.place}>
            <span className="unseen">Place</span>#
          </span>
          <span role="columnheader">Session</span>
          <span role="columnheader" className={styles.onAir}>
            On air
          </span>
          <span role="columnheader" className={styles.spark}>
            30 minutes
          </span>
          <span role="columnheader" className={styles.count}>
            Watching
          </span>
        </div>
      </div>
      <div role="rowgroup" className={styles.body} style={{ height: rows.length * ROW_HEIGHT }}>
        {items.map(({ index, key }) => {
          const row = rows[index];
          return row && <TableRow key={key} row={row} index={index} move={moves.get(row.id) ?? 0} />;
        })}
      </div>
    </div>
  );
}

function offsetOf(element: HTMLElement | null): number {
  return element ? element.getBoundingClientRect().top + window.scrollY : 0;
}
