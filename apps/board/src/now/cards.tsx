import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { CardOf } from './card';
import styles from './cards.module.css';
import type { ShownRows } from './shown-rows';
import { useRowKeys } from './use-row-keys';

const LEAST_WIDTH = 250;
const GAP = 16;
const TEXT_HEIGHT = 74;
const NEAR = 4;

/** The list as cards, in as many columns as there is room for. */
export default function Cards({ rows, moves, nearEnd }: ShownRows) {
  const grid = useRef<HTMLDivElement>(null);
  const [{ width, top }, measure] = useState({ width: 0, top: 0 });
  useLayoutEffect(() => {
    const { current } = grid;
    if (!current) return;
    const look = () =>
      measure({ width: current.clientWidth, top: current.getBoundingClientRect().top + window.scrollY });
    const observer = new ResizeObserver(look);
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  const columns = Math.max(1, Math.floor((width + GAP) / (LEAST_WIDTH + GAP)));
  const cardWidth = (width - GAP * (columns - 1)) / columns;
  const pictureHeight = Math.round((cardWidth * 9) / 16);
  const height = pictureHeight + TEXT_HEIGHT + GAP;
  const lines = Math.ceil(rows.length / columns);
  const virtual = useWindowVirtualizer({ count: lines, estimateSize: () => height, overscan: 2, scrollMargin: top });
  useEffect(() => virtual.measure(), [virtual, height]);
  const items = virtual.getVirtualItems();
  const [first = 0, last = 0] = [items[0]?.index, items.at(-1)?.index];
  useEffect(() => {
    if (last >= lines - NEAR) nearEnd();
  }, [last, lines, nearEnd]);
  const scrollTo = useCallback(
    (index: number) => virtual.scrollToIndex(Math.floor(index / columns)),
    [virtual, columns],
  );
  const { stop, keys } = useRowKeys(grid, rows.length, scrollTo, columns);
  const isStopThere = stop >= first * columns && stop < (last + 1) * columns;
  const shown = width === 0 ? [] : rows.slice(first * columns, (last + 1) * columns);
  return (
    <div
      ref={grid}
      role="list"
      aria-label="Sessions"
      className={styles.grid}
      style={{ height: lines * height }}
      {...keys}
    >
      {shown.map((row, n) => {
        const index = first * columns + n;
        const x = (index % columns) * (cardWidth + GAP);
        const y = Math.floor(index / columns) * height;
        return (
          <CardOf
            key={row.id}
            {...{ row, index, x, y, width: cardWidth, pictureHeight, total: rows.length }}
            isStop={index === (isStopThere ? stop : first * columns)}
            move={moves.get(row.id) ?? 0}
          />
        );
      })}
    </div>
  );
}
