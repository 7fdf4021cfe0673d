import { memo, useCallback, useEffect, useSyncExternalStore } from 'react';
import { type Point, audienceHistory } from '../live/audience-history';
import { sparkPath } from './spark-path';
import styles from './sparkline.module.css';

export interface SparklineProps {
  id: string;
  width: number;
  height: number;
  /** Fills the room below the line. */
  isFilled?: boolean;
}

/** How many watched a session in the last half hour. A picture of what the count beside it says, so hidden from readers. */
export const Sparkline = memo(function Sparkline({ id, width, height, isFilled = false }: SparklineProps) {
  const subscribe = useCallback((looker: () => void) => audienceHistory.subscribe(id, looker), [id]);
  const points: readonly Point[] = useSyncExternalStore(subscribe, () => audienceHistory.of(id));
  useEffect(() => audienceHistory.ask(id), [id]);
  const { line, start } = sparkPath(points, width, height);
  return (
    <svg
      className={styles.spark}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {isFilled && line && (
        <path className={styles.area} d={`${line}L${width} ${height}L${start.toFixed(1)} ${height}Z`} />
      )}
      {line ? (
        <path className={styles.line} d={line} vectorEffect="non-scaling-stroke" />
      ) : (
        <path className={styles.none} d={`M0 ${height - 1.5}H${width}`} vectorEffect="non-scaling-stroke" />
      )}
    </svg>
  );
});
