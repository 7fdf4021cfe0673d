import type uPlot from 'uplot';
import { shortCountText } from '../live/count-text';
import { clockText, preciseClockText } from '../time/clock-text';

export interface Marks {
  peak: { count: number; at: number } | null;
  gaps: readonly (readonly [from: number, to: number])[];
  silences: readonly (readonly [from: number, to: number | null])[];
}

const FONT = '12px Geist, system-ui, sans-serif';
const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** How the chart looks, in the colours of the theme; `marks` is read at each drawing. */
export function chartOptions(width: number, height: number, marks: { current: Marks }): uPlot.Options {
  const axis = { stroke: colour('--ink-3'), font: FONT, ticks: { show: false } };
  const grid = { stroke: colour('--line'), width: 1 };
  return {
    width,
    height,
    padding: [24, 24, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 7 } },
    // From nought: what is filled is read as an amount.
    scales: { y: { range: (_, __, max) => [0, Math.max(4, max, marks.current.peak?.count ?? 0) * 1.08] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 32,
        values: (_, times, __, ___, step) => times.map((at) => (step < 60 ? preciseClockText : clockText)(at * 1000)),
        space: 90,
      },
      {
        ...axis,
        grid,
        size: 52,
        values: (_, counts) => counts.map((count) => (Number.isInteger(count) ? shortCountText(count) : '')),
      },
    ],
    series: [
      {},
      { stroke: colour('--accent'), width: 2, fill: colour('--accent-soft'), points: { show: false }, spanGaps: false },
    ],
    hooks: {
      drawClear: [(plot) => drawBands(plot, marks.current)],
      draw: [(plot) => drawPeak(plot, marks.current.peak)],
    },
  };
}

function drawBands(plot: uPlot, { gaps, silences }: Marks): void {
  const end = plot.scales['x']?.max ?? 0;
  for (const [from, to] of gaps) band(plot, from, to, colour('--line'));
  for (const [from, to] of silences) band(plot, from, to ?? end, colour('--warn-soft'));
}

function band(plot: uPlot, from: number, to: number, fill: string): void {
  const { ctx, bbox } = plot;
  const [left, right] = [plot.valToPos(from, 'x', true), plot.valToPos(to, 'x', true)];
  ctx.fillStyle = fill;
  ctx.fillRect(left, bbox.top, Math.max(1, right - left), bbox.height);
}

function drawPeak(plot: uPlot, peak: Marks['peak']): void {
  if (!peak) return;
  const { ctx, bbox } = plot;
  const [x, y] = [plot.valToPos(peak.at, 'x', true), plot.valToPos(peak.count, 'y', true)];
  const ratio = devicePixelRatio;
  ctx.beginPath();
  ctx.arc(x, y, 4 * ratio, 0, 2 * Math.PI);
  ctx.fillStyle = colour('--ground');
  ctx.fill();
  ctx.lineWidth = 2 * ratio;
  ctx.strokeStyle = colour('--ink');
  ctx.stroke();
  ctx.font = FONT.replace('12px', `${12 * ratio}px`);
  ctx.fillStyle = colour('--ink');
  ctx.textAlign = x > bbox.left + bbox.width - 90 * ratio ? 'right' : 'left';
  ctx.fillText(
    `${peak.count.toLocaleString('en')} at ${clockText(peak.at * 1000)}`,
    x + (ctx.textAlign === 'right' ? -8 : 8) * ratio,
    y - 8 * ratio,
  );
}
