import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { ROW_HEIGHT } from './row-height';
import type { ShownRows } from './shown-rows';
import { TableRow } from './table-row';
import styles from './table.module.css';
import { useOffsetTop } from './use-offset-top';
import { useRowKeys } from './use-row-keys';

/** So many rows before the end the next are asked for. */
const NEAR = 15;

/** The list as a table. Only what is seen is there; a row stands at its place by `translateY`, so that a change of place is a movement. */
export function Table({ rows, moves, nearEnd }: ShownRows) {
  const table = useRef<HTMLDivElement>(null);
  const top = useOffsetTop(table);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    scrollMargin: top,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const items = virtual.getVirtualItems();
  const { stop, keys } = useRowKeys(table, rows.length, virtual.scrollToIndex);
  const [first = 0, last = 0] = [items[0]?.index, items.at(-1)?.index];
  const isStopThere = stop >= first && stop <= last;
  useEffect(() => {
    if (last >= rows.length - NEAR) nearEnd();
  }, [last, rows.length, nearEnd]);
  return (
    <div
      role="table"
      aria-label="Sessions"
      aria-rowcount={rows.length + 1}
      ref={table}
      className={styles.table}
      {...keys}
    >
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
          return (
            row && (
              <TableRow
                key={key}
                row={row}
                index={index}
                isStop={index === (isStopThere ? stop : first)}
                move={moves.get(row.id) ?? 0}
              />
            )
          );
        })}
      </div>
    </div>
  );
}
