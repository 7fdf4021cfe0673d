import type { TopicName } from './topics';

/** When an event happened (epoch µs), and when the broker got it (epoch ms). */
interface Timed {
  at: number;
  brokerTime: number;
}

/**
 * Why an event is not taken, by how late it came: what it speaks of may have left the record. Both times are the message's
 * own, so that a message is too old for ever or never, whenever it is read. null: it is not too old. Reference data never
 * is: a state stays true, and is published again with the time at which it changed.
 */
export function whyTooOld(topic: TopicName, { at, brokerTime }: Timed, horizonMs: number): string | null {
  const ageMs = brokerTime - at / 1000;
  if (topic === 'directory' || ageMs <= horizonMs) return null;
  return `time: ${new Date(Math.floor(at / 1000)).toISOString()} is ${hours(ageMs)} before Kafka got it, at most ${hours(horizonMs)} are taken`;
}

function hours(ms: number): string {
  return `${Math.round((ms / 3_600_000) * 100) / 100} hours`;
}
