import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { countText } from '../live/count-text';
import { clockText } from '../time/clock-text';
import { type Columns, columnsOf, gapsOf } from './chart-columns';
import styles from './chart.module.css';
import { chartOptions } from './chart-options';
import type { Audience } from './use-audience';

const HEIGHT = 260;

export interface ChartProps {
  audience: Audience;
  silences: readonly (readonly [from: number, to: number | null])[];
  isLive: boolean;
}

/** The audience over time, growing while it is live; with its peak, and the times of which no counts or no signals are known. */
export default function Chart({ audience, silences, isLive }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const { points, peak, step, isKnown, isVisible } = audience;
  const marks = useRef({ peak, silences, gaps: gapsOf(points, step) });
  marks.current = { peak, silences, gaps: gapsOf(points, step) };
  const data: Columns = columnsOf(points, step, peak);
  const isDrawn = points.length > 1;
  useEffect(() => {
    const { current } = place;
    if (!current || !isDrawn) return;
    const make = () => {
      plot.current?.destroy();
      plot.current = new uPlot(
        chartOptions(current.clientWidth, HEIGHT, marks),
        columnsOf(latest.current, step, marks.current.peak),
        current,
      );
    };
    make();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: current.clientWidth, height: HEIGHT }));
    resized.observe(current);
    // The colours are those of the theme.
    const themed = new MutationObserver(make);
    themed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      resized.disconnect();
      themed.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [isDrawn, step]);
  const latest = useRef(points);
  latest.current = points;
  useEffect(() => plot.current?.setData(data), [data]);
  const says = peak
    ? `From ${clockText((points[0]?.at ?? 0) * 1000)} on; the peak of ${countText(peak.count)} was at ${clockText(peak.at * 1000)}.`
    : '';
  return (
    <figure className={styles.figure}>
      <div ref={place} className={styles.plot} role="img" aria-label={`The audience over time. ${says}`}>
        {!isDrawn && isKnown && (
          <p className={styles.none}>
            {isVisible ? 'No counts have been reported yet.' : 'The preset of its room hides how many watch.'}
          </p>
        )}
      </div>
      {isDrawn && (
        <figcaption className={styles.legend}>
          <span data-mark="line">watching{isLive ? ', growing' : ''}</span>
          <span data-mark="peak">peak</span>
          <span data-mark="gap">no counts reported</span>
          <span data-mark="silence">no signal</span>
        </figcaption>
      )}
    </figure>
  );
}
