import type { Limits } from '../limits';
import { type Offsets, placeOf } from '../oracle/kafka-log';
import { recordAtRest } from '../oracle/record-at-rest';
import type { Struck } from '../nemesis/nemesis';
import type { RecordWitness } from '../oracle/record-witness';
import type { Truth } from '../oracle/truth';
import { quantile } from '../report';
import { type Verdict, judge } from '../verdict';
import { applied } from './applied';
import { claimsAgainst } from './of-claims';
import { signalsAgainst } from './of-signals';
import { quarantineAgainst } from './of-the-quarantine';
import { effectsAgainst, inboxAgainst, placesAgainst } from './of-the-log';
import { stormVerdicts } from './storms';
import {
  countsAgainst,
  entitiesAgainst,
  expectedOf,
  lostAgainst,
  sessionsAgainst,
  versionsAgainst,
} from './of-the-record';

export interface RecordToJudge {
  truth: Truth;
  record: RecordWitness;
  prefix: string;
  high: Offsets;
  struck: readonly Struck[];
  limits: Limits;
}

export interface JudgedRecord {
  verdicts: Verdict[];
  figures: {
    lost: number;
    duplicated: number;
    diverged: number;
    applyLatencyMs: { p50: number | null; p99: number | null };
  };
}

/** What Postgres has, held against what Kafka has. */
export async function judgeRecord({
  truth,
  record,
  prefix,
  high,
  struck,
  limits,
}: RecordToJudge): Promise<JudgedRecord> {
  const { state, watch } = await recordAtRest(record);
  const audit = await record.audit();
  const log = await record.log(prefix);
  const rows = await record.quarantine();
  const progress = await record.progress(prefix);
  const gaps = await record.ask<{ topic: string; partition: number; from_offset: string; to_offset: string }>(
    `SELECT topic, partition, from_offset, to_offset FROM ingest_gaps WHERE kind <> 'replayed'`,
  );
  const all = applied(truth, log);
  const times = all.map(({ ms }) => ms);
  const logged = [...inboxAgainst(truth, await record.inbox()), ...effectsAgainst(truth, log)];
  const counts = countsAgainst(truth, state);
  const quarantine = quarantineAgainst(truth, rows, prefix);
  const versions = versionsAgainst(audit, await record.foldAudit(), state.sessions);
  const rooms = [...expectedOf(truth.told, watch.watermark)].map(
    ([id, { fields }]) => [id, fields['room_id']] as const,
  );
  const sessions = sessionsAgainst(truth, state, watch);
  const claims = claimsAgainst(truth, new Map(rooms) as Map<string, string | null>, await record.claims());
  const signals = signalsAgainst(truth, state.sessions, await record.signals());
  const lost = lostAgainst(truth, audit, state);
  const behind = [...high].filter(([place, end]) => (progress.get(place) ?? 0n) !== end);
  const verdicts = [
    judge(
      'I1',
      'each event has one effect and is in the inbox, each count its effect',
      `${truth.told.length} good records`,
      [...logged, ...counts],
    ),
    judge(
      'I2',
      'each poison record is in quarantine, as it was',
      `${truth.poison.length} poison, ${truth.conflicts.length} conflicts`,
      quarantine.dropped,
    ),
    judge('I3', 'every offset is accounted for', `${high.size} partitions, ${log.length} places in the log`, [
      ...behind.map(([place, end]) => `${place}: recorded up to ${progress.get(place) ?? 0n} of ${end}`),
      ...gaps.map((gap) => `${placeOf(gap.topic, gap.partition)}: a gap of ${gap.from_offset} to ${gap.to_offset}`),
      ...placesAgainst(truth, log),
    ]),
    judge('I4', 'one effect, one step of the version', `${audit.length} changes`, versions),
    judge('I5', 'each session, each claim is what the rules make of all events', `${state.sessions.size} sessions`, [
      ...sessions,
      ...claims,
    ]),
    judge('I12', 'nobody is lost who was heard within the lease; every last sign is known', `${lost.lost} lost`, [
      ...lost.against,
      ...signals,
    ]),
    judge('I14', 'nothing that is good is in quarantine', `${rows.length} rows`, quarantine.valid),
    ...stormVerdicts({ struck, applied: all, pauses: await record.pauses(), limits }),
    judge(
      'I18',
      'rooms, hosts, presets: the newest wins',
      `${state.entities.size} entities`,
      entitiesAgainst(truth, state),
    ),
  ];
  return {
    verdicts,
    figures: {
      lost: logged.length + counts.length,
      duplicated: versions.length,
      diverged: new Set(sessions.map((line) => line.split(/[: ]/)[0])).size,
      applyLatencyMs: { p50: quantile(times, 0.5), p99: quantile(times, 0.99) },
    },
  };
}
