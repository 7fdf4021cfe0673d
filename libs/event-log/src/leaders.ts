import type { Admin } from 'kafkajs';

const ASK_AGAIN_MS = 100;
/** Kafka's names for: the broker that was asked has not heard of the topic, of the partition, or of its leader yet. */
const NOT_YET = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION']);

/**
 * Waits until every partition of the topics has a leader.
 * A broker confirms a new topic before its own metadata have it. The `waitForLeaders` of kafkajs takes a missing
 * leader for "not yet", but fails at once if the broker does not know the topic.
 *
 * @throws Error names the topics that had no leader after `withinMs`; `cause` is the last answer of the broker.
 */
export async function awaitLeaders(admin: Admin, topics: string[], withinMs = 10_000): Promise<void> {
  const until = Date.now() + withinMs;
  for (;;) {
    const cause = await whatIsMissing(admin, topics);
    if (cause === undefined) return;
    if (Date.now() >= until) throw new Error(`no leader within ${withinMs} ms: ${topics.join(', ')}`, { cause });
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

/** As kafkajs throws it: its own error, or one around it when its retries have run out. */
interface Refusal {
  type?: string;
  cause?: { type?: string };
}

async function whatIsMissing(admin: Admin, topics: string[]): Promise<unknown> {
  try {
    const found = await admin.fetchTopicMetadata({ topics });
    const leaderless = found.topics.filter(({ partitions }) => partitions.some(({ leader }) => leader < 0));
    return leaderless.length > 0 ? leaderless : undefined;
  } catch (error) {
    const { type, cause } = error as Refusal;
    if (NOT_YET.has(type ?? cause?.type ?? '')) return error;
    throw error;
  }
}
