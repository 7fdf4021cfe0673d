import { columns, printable } from '#tools/terminal';
import { type Check, type Report, TOLD_PER_KIND, exitCodeOf } from './report';

const CELL = 90;
const END = ['nothing differs', 'something differs', 'not everything could be looked at'] as const;

/** For a person. */
export function reportText(report: Report): string {
  const { checks, notLooked, unknown, repaired, position, tookMs } = report;
  const parts = [
    table(checks),
    ...checks.filter(({ differences }) => differences.length > 0).map(differencesText),
    section(
      'not looked at',
      notLooked.map(({ what, why }) => `${what}: ${why}`),
    ),
    section('nobody can know any more', unknown),
    ...(repaired === null ? [] : [section('repaired', repaired.length > 0 ? repaired : ['nothing'])]),
  ].filter((part) => part !== '');
  const at = position === null ? '' : `, the projection at ${position.epoch}.${position.seq}`;
  return `${parts.join('\n')}\n${END[exitCodeOf(report)]}${at}; ${seconds(tookMs)}\n`;
}

function table(checks: readonly Check[]): string {
  const rows = checks.map(({ name, compared, tookMs, different, moving }) => [
    name,
    String(compared),
    seconds(tookMs),
    String(different),
    moving === 0 ? '' : `${moving} changed at every look`,
  ]);
  return columns([['CHECK', 'COMPARED', 'TOOK', 'DIFFERENT', ''], ...rows]);
}

function differencesText({ name, differences, different }: Check): string {
  const rows = differences.map(({ kind, id, where, expected, found }) =>
    [kind, id, where, expected, found].map((cell) => cut(printable(cell))),
  );
  const more = different > differences.length ? `  the first ${TOLD_PER_KIND} of each kind; ${different} in all\n` : '';
  return `${name}\n${indented(columns([['WHAT', 'ID', 'WHERE', 'EXPECTED', 'FOUND'], ...rows]))}${more}`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}\n${indented(lines.map((line) => `${printable(line)}\n`).join(''))}`;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}

function cut(text: string): string {
  return text.length > CELL ? `${text.slice(0, CELL - 1)}…` : text;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
