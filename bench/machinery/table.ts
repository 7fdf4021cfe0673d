import type { BenchResult } from './result';
import { medians } from './summary';

/** The result for people: every contestant's medians, then every target and whether it is met. */
export function tableOf(result: BenchResult): string {
  const { name, runs, scale, machine, measured, ratios } = result;
  const columns = Object.entries(measured).map(([contestant, some]) => ({ contestant, medians: medians(some) }));
  const metrics = [...new Set(columns.flatMap((column) => Object.keys(column.medians)))];
  const contestants = [
    ['', ...columns.map(({ contestant }) => contestant)],
    ...metrics.map((metric) => [metric, ...columns.map((column) => figure(column.medians[metric] ?? null))]),
  ];
  const targets = [
    ['target', 'measured', 'wanted', 'met'],
    ...ratios.map(({ name: target, value, target: wanted, met }) => [
      target,
      figure(value),
      wanted,
      met ? 'yes' : 'no',
    ]),
  ];
  const size = scale === 1 ? '' : `, at ${scale} of the size`;
  return `${name}: medians of ${runs}, interleaved${size}; ${machine}\n\n${aligned(contestants)}\n\n${aligned(targets)}\n`;
}

function figure(value: number | null): string {
  if (value === null) return '–';
  if (Math.abs(value) >= 1000) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/** The first column to the left, the others to the right. */
function aligned(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const cell = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return rows.map((row) => `  ${row.map(cell).join('   ')}`.trimEnd()).join('\n');
}
