import { TOPICS, type TopicName } from '#libs/contracts';
import type { TopicSettings } from '#libs/event-log';

/** What topics are measured by, in ms. */
export interface WantedOfTopics {
  /** So long nobody may be able to read them, and nothing is lost. */
  outageMs: number;
  /** So long it is known that a session was there and left. */
  knownMs: number;
}

const HOUR_MS = 3_600_000;
const WANTED_REPLICAS = 3;

/** What of a topic's settings does not do what this service counts on; one sentence each, that says what to set. */
export function wrongSettings(name: TopicName, settings: TopicSettings, wanted: WantedOfTopics): string[] {
  return [...wrongRetention(name, settings, wanted), ...wrongReplication(settings), ...wrongTimes(settings)];
}

function wrongRetention(name: TopicName, settings: TopicSettings, { outageMs, knownMs }: WantedOfTopics): string[] {
  const { retentionMs, retentionBytes, isCompacted, isDeleted } = settings;
  if (TOPICS[name].compacted) {
    if (isCompacted && !isDeleted) return [];
    return ['cleanup.policy is not compact: rooms, hosts and presets that do not change are deleted'];
  }
  const wrong: string[] = [];
  if (isCompacted) wrong.push('cleanup.policy has compact: of each session only the last event stays');
  if (retentionMs !== null && retentionMs < outageMs) {
    wrong.push(
      `retention.ms keeps ${hours(retentionMs)} hours: an outage of ${hours(outageMs)} (SURVIVED_OUTAGE_HOURS) loses events`,
    );
  }
  if (retentionBytes !== null) {
    wrong.push(`retention.bytes is ${retentionBytes}: with more in a partition events go before their time`);
  }
  if (retentionMs === null || retentionMs > knownMs) {
    const kept = retentionMs === null ? 'for ever' : `for ${hours(retentionMs)} hours`;
    wrong.push(
      `retention.ms keeps events ${kept}, longer than DELETED_KEEP_DAYS: read from the beginning they bring back sessions that left`,
    );
  }
  return wrong;
}

function wrongReplication({ replicas, minInsyncReplicas: least }: TopicSettings): string[] {
  const wrong: string[] = [];
  if (replicas < WANTED_REPLICAS)
    wrong.push(`it has ${replicas} replicas, not ${WANTED_REPLICAS}: a broker that is lost may take events along`);
  if (least < 2) wrong.push('min.insync.replicas is 1: an event counts as sent when a single broker has it');
  if (replicas > 1 && least >= replicas) {
    wrong.push(`min.insync.replicas is ${least} of ${replicas}: nothing can be sent while one broker is away`);
  }
  return wrong;
}

function wrongTimes({ timestampType }: TopicSettings): string[] {
  if (timestampType === 'LogAppendTime') return [];
  return [
    `message.timestamp.type is ${timestampType}, not LogAppendTime: producers say when the broker got their events`,
  ];
}

function hours(ms: number): number {
  return Math.round((ms / HOUR_MS) * 10) / 10;
}
