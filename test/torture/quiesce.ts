import { setTimeout as wait } from 'node:timers/promises';
import { PREFIX } from './cluster/cluster';
import { type Limits, secondsText } from './limits';
import type { KafkaWitness, Offsets } from './oracle/kafka-log';
import type { RecordWitness } from './oracle/record-witness';

/** The longest of the short leases, and some. */
const SHORT_LEASE_MS = 14_000;

/** Nothing came for so long. */
const QUIET_MS = 5000;

/** Until everything that Kafka has at this moment is taken; up to where that is. `deadline`: epoch ms. */
export async function untilTaken(kafka: KafkaWitness, record: RecordWitness, deadline: () => number): Promise<Offsets> {
  let high: Offsets | undefined;
  for (;;) {
    try {
      high ??= await kafka.highWatermarks();
      const progress = await record.progress(PREFIX);
      if ([...high].every(([place, end]) => (progress.get(place) ?? 0n) >= end)) return high;
    } catch {
      // Whoever is asked is away himself.
    }
    if (Date.now() > deadline()) throw new Error('not everything was taken in time');
    await wait(200);
  }
}

/**
 * Everything taken, no more there 5 s later (a broker that was just started may say at first that it has less than it has),
 * and everybody silent looked at. Gives what did not come to rest.
 */
export async function quiesce(kafka: KafkaWitness, record: RecordWitness, limits: Limits): Promise<string | null> {
  const deadline = Date.now() + limits.rest;
  try {
    for (let known: Offsets | undefined; ;) {
      const high = await untilTaken(kafka, record, () => deadline);
      if (known && [...high].every(([place, end]) => known?.get(place) === end)) break;
      known = high;
      await wait(QUIET_MS);
    }
  } catch {
    return `not everything was taken ${secondsText(limits.rest)} after the last fault`;
  }
  return watchdogRests(record, deadline);
}

async function watchdogRests(record: RecordWitness, deadline: number): Promise<string | null> {
  for (;;) {
    const [row] = await record.ask<{ rests: boolean }>(
      `SELECT coalesce(sighted_at, '-infinity') < now() - $1 * interval '1 ms'
         AND NOT EXISTS (SELECT FROM session_signals WHERE due < w.watermark) AS rests FROM watch_post w`,
      [SHORT_LEASE_MS],
    );
    if (row?.rests) return null;
    if (Date.now() > deadline) return 'the watchdog did not come to rest';
    await wait(500);
  }
}
