import type { IngestAnswer, QuarantinedJson, QuarantinedWhole, ReplayAnswer } from '#libs/contracts';
import { columns, printable } from '#tools/terminal';

export interface Listed {
  rows: QuarantinedJson[];
  total: number;
  next_after: string | null;
}

export function listText({ rows, total }: Listed): string {
  if (total === 0) return 'there is nothing in quarantine that matches\n';
  const cells = rows.map((row) => [
    row.id,
    row.received_at,
    `${printable(row.topic)}/${row.partition}@${row.offset}`,
    row.reason,
    cut(printable(row.key ?? '(none)'), 40),
    cut(printable(row.error), 80),
  ]);
  const more = total > rows.length ? `\n${rows.length} of ${total}; --limit shows more\n` : '';
  return columns([['ID', 'RECEIVED', 'PLACE', 'REASON', 'KEY', 'ERROR'], ...cells]) + more;
}

export function showText(row: QuarantinedWhole): string {
  const facts = columns([
    ['id', row.id],
    ['place', `${printable(row.topic)}, partition ${row.partition}, offset ${row.offset}`],
    ['broker time', row.broker_time],
    ['received', row.received_at],
    ['state', stateText(row)],
    ['reason', row.reason],
    ['error', printable(row.error)],
    ['key', bytesText(row.key_base64)],
    ...Object.entries(row.headers_base64).flatMap(([name, values]) =>
      [values].flat().map((value) => [`header ${printable(name)}`, bytesText(value)]),
    ),
    ['size', row.size === null ? 'no value' : `${row.size} bytes`],
  ]);
  return row.value_base64 === null ? facts : `${facts}\n${bodyText(Buffer.from(row.value_base64, 'base64'))}\n`;
}

export function replayText({ replayed, still, unknown }: Omit<ReplayAnswer['data'], 'next_after'>): string {
  const lines = [`${replayed.length} replayed, ${still.length} still cannot be taken`];
  if (unknown.length > 0) lines.push(`there are no rows ${unknown.join(', ')}`);
  const bad = still.map(({ id, reason, error }) => [id, reason, cut(printable(error), 100)]);
  return `${lines.join('\n')}\n${bad.length > 0 ? `\n${columns([['ID', 'REASON', 'ERROR'], ...bad])}` : ''}`;
}

export function statusText({ partitions, gaps, pauses, quarantine }: IngestAnswer['data']): string {
  const standing = pauses.filter((pause) => pause.resumed_until === null);
  const parts = [
    section(
      'partitions',
      ['TOPIC', 'PARTITION', 'KEPT FROM', 'END', 'TAKEN UP TO', 'LAG', 'LAST RECORD'],
      partitions.map((one) => [
        printable(one.topic),
        String(one.partition),
        one.low,
        one.high,
        one.next_offset ?? 'not begun',
        String(one.lag),
        one.broker_time ?? '',
      ]),
    ),
    section(
      'paused topics',
      ['TOPIC', 'SINCE', 'WHY'],
      standing.map((pause) => [printable(pause.topic), pause.since, printable(pause.why)]),
    ),
    section(
      'in quarantine',
      ['TOPIC', 'REASON', 'OPEN'],
      quarantine.map((one) => [printable(one.topic), one.reason, String(one.open)]),
    ),
    section(
      'gaps',
      ['TOPIC', 'PARTITION', 'KIND', 'FROM', 'TO (EXCLUDED)', 'FOUND', 'WHY'],
      gaps.map((gap) => [
        printable(gap.topic),
        String(gap.partition),
        gap.kind,
        gap.from_offset,
        gap.to_offset,
        gap.found_at,
        gap.why,
      ]),
    ),
  ];
  return parts.join('\n');
}

function section(title: string, head: string[], rows: string[][]): string {
  return `${title}\n${
    rows.length === 0
      ? '  none\n'
      : columns([head, ...rows])
          .replace(/^/gm, '  ')
          .trimEnd()
  }\n`;
}

function stateText({ state, state_at: at, state_why: why }: QuarantinedJson): string {
  return `${state}${at === null ? '' : ` since ${at}`}${why === null ? '' : `: ${printable(why)}`}`;
}

function bytesText(base64: string | null): string {
  if (base64 === null) return '(none)';
  const bytes = Buffer.from(base64, 'base64');
  return isText(bytes) ? printable(bytes.toString()) : `hex ${bytes.toString('hex')}`;
}

/** Indented when it is JSON, as it is when it is text, else as hexadecimal. */
function bodyText(bytes: Buffer): string {
  if (!isText(bytes)) return bytes.toString('hex').replace(/(.{64})/g, '$1\n');
  const text = bytes.toString();
  try {
    return printableLines(JSON.stringify(JSON.parse(text), null, 2));
  } catch {
    return printableLines(text);
  }
}

function isText(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes);
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
