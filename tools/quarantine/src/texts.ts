import type {
  IngestAnswer,
  QuarantinedJson,
  QuarantinedWhole,
  ReplayAnswer,
  ReplayedRangeAnswer,
} from '#libs/contracts';
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
    row.kind,
    printable(row.reason),
    String(row.tries),
    cut(printable(row.source || '(none)'), 30),
    cut(printable(row.key ?? '(none)'), 40),
    cut(printable(row.last_error ?? row.error), 80),
  ]);
  const more = total > rows.length ? `\n${rows.length} of ${total}; --limit shows more\n` : '';
  return columns([['ID', 'RECEIVED', 'PLACE', 'KIND', 'REASON', 'TRIES', 'SOURCE', 'KEY', 'ERROR'], ...cells]) + more;
}

export function showText(row: QuarantinedWhole): string {
  const facts = columns([
    ['id', row.id],
    ['place', `${printable(row.topic)}, partition ${row.partition}, offset ${row.offset}`],
    ['broker time', row.broker_time ?? 'no time'],
    ['received', row.received_at],
    ['state', stateText(row)],
    ['kind', row.kind],
    ['source', row.source === '' ? '(none)' : printable(row.source)],
    ['first reason', printable(row.reason)],
    ['first error', printable(row.error)],
    ['tries', String(row.tries)],
    ['last error', row.last_error === null ? '(none)' : printable(row.last_error)],
    ['key', bytesText(row.key_base64)],
    ...row.headers.map(({ name, value_base64 }) => [`header ${printable(name)}`, bytesText(value_base64)]),
    ['size', row.size === null ? 'no value' : `${row.size} bytes`],
  ]);
  return row.value_base64 === null ? facts : `${facts}\n${bodyText(Buffer.from(row.value_base64, 'base64'))}\n`;
}

export function replayText({ replayed, still, unknown }: Omit<ReplayAnswer['data'], 'next_after'>): string {
  const lines = [`${replayed.length} replayed, ${still.length} still cannot be taken`];
  if (unknown.length > 0) lines.push(`there are no rows ${unknown.join(', ')}`);
  const bad = still.map(({ id, reason, error }) => [id, printable(reason), cut(printable(error), 100)]);
  return `${lines.join('\n')}\n${bad.length > 0 ? `\n${columns([['ID', 'REASON', 'ERROR'], ...bad])}` : ''}`;
}

export function replayedRangeText({ taken, still, gone, state }: ReplayedRangeAnswer['data']): string {
  const lost = gone > 0 ? `; Kafka does not have ${gone} of its offsets any more` : '';
  return `${taken} taken, ${still} still cannot be taken${lost}; the range is ${state}\n`;
}

export function statusText({
  partitions,
  gaps,
  pauses,
  quarantine,
  quarantine_ranges: ranges,
}: IngestAnswer['data']): string {
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
      quarantine.map((one) => [printable(one.topic), printable(one.reason), String(one.open)]),
    ),
    section(
      'beyond the quarantine: only Kafka has them, until its retention ends',
      [
        'ID',
        'TOPIC',
        'PARTITION',
        'FROM',
        'TO',
        'MESSAGES',
        'SOURCE',
        'REASON',
        'FIRST',
        'LAST',
        'TRIES',
        'LAST ERROR',
      ],
      ranges.map((range) => [
        range.id,
        printable(range.topic),
        String(range.partition),
        range.from_offset,
        range.to_offset,
        String(range.messages),
        range.source === '' ? '(none)' : cut(printable(range.source), 30),
        printable(range.reason),
        range.first_broker_time ?? 'no time',
        range.last_broker_time ?? 'no time',
        String(range.tries),
        printable(range.last_error ?? ''),
      ]),
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
        printable(gap.why),
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
