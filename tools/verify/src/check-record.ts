import { type Difference, Outbox, totalsAgainstCount, verifyReferenceTexts, verifySessions } from '#libs/session-store';
import type { DataSource } from 'typeorm';
import type { CheckProgress } from './check-progress';
import { Finding } from './report';

/** From here on somebody must look: see `marquee_outbox_oldest_seconds`. */
const OUTBOX_LIMIT_MS = 10_000;

export interface RecordChecked {
  findings: Finding[];
  unknown: string[];
}

/** The checks of one pass over all sessions, with the kinds of differences that each of them tells. */
const OF_SESSIONS: Readonly<Record<string, readonly string[]>> = {
  'sessions = folds': ['session', 'fold'],
  'signals = folds': ['signals'],
  'claims = folds': ['claim'],
  'texts = sessions': ['text'],
  'counts = viewer history': ['count'],
};

/** Whether Postgres agrees with itself: everything that is derived with what it is derived from. */
export async function checkRecord(source: DataSource, progress: CheckProgress): Promise<RecordChecked> {
  const totals = await checkTotals(source);
  const sessions = await checkSessions(source, totals.compared, progress);
  const entities = await checkEntities(source, progress);
  const outbox = await checkOutbox(source);
  return { findings: [...sessions.findings, entities, totals, outbox], unknown: sessions.unknown };
}

async function checkSessions(source: DataSource, about: number, progress: CheckProgress): Promise<RecordChecked> {
  const findings = Object.keys(OF_SESSIONS).map((name) => new Finding(name));
  const byKind = new Map(Object.values(OF_SESSIONS).flatMap((kinds, at) => kinds.map((kind) => [kind, findings[at]])));
  let [unknownCounts, signals, done] = [0, 0, 0];
  for await (const page of verifySessions(source)) {
    done += page.size;
    unknownCounts += page.unknownCounts;
    signals += page.signals;
    for (const finding of findings) finding.compared += finding === byKind.get('count') ? page.counted : page.size;
    for (const one of page.differences) byKind.get(one.kind)?.add(one);
    progress.at('Postgres', done, about);
  }
  return { findings, unknown: unknownOf(signals, unknownCounts) };
}

function unknownOf(signals: number, counts: number): string[] {
  return [
    `when each of ${signals} sessions gave its last sign: heartbeats are kept as their greatest time alone`,
    `whether any start between a session's first and last one claimed its room: a fold has these two`,
    ...(counts > 0
      ? [`counts or peaks of ${counts} sessions: the ten seconds in which they were counted are kept no more`]
      : []),
    `versions, and what the log says that an event did: they depend on the order of arrival`,
  ];
}

async function checkEntities(source: DataSource, progress: CheckProgress): Promise<Finding> {
  const finding = new Finding('texts = rooms, hosts');
  for await (const { size, differences } of verifyReferenceTexts(source)) {
    finding.compared += size;
    differences.forEach((one) => finding.add(one));
    progress.at('Postgres: rooms and hosts', finding.compared, null);
  }
  return finding;
}

async function checkTotals(source: DataSource): Promise<Finding> {
  const finding = new Finding('totals = a count');
  const { counted, differences } = await totalsAgainstCount(source);
  finding.compared = counted;
  differences.forEach((one) => finding.add(one));
  return finding;
}

async function checkOutbox(source: DataSource): Promise<Finding> {
  const finding = new Finding('the outbox is young');
  const { rows, oldestMs } = await new Outbox(source).backlog();
  finding.compared = rows;
  if (oldestMs > OUTBOX_LIMIT_MS) finding.add(oldOutbox(rows, oldestMs));
  return finding;
}

function oldOutbox(rows: number, oldestMs: number): Difference {
  const found = `${rows} rows, the oldest of ${Math.round(oldestMs / 1000)} s`;
  return { kind: 'outbox', id: 'the oldest row', where: 'outbox.since', expected: 'younger than 10 s', found };
}
