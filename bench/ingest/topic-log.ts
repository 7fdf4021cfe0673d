import { eventually } from '../../test/given/eventually';
import { type Admin, Kafka, type Producer, logLevel } from 'kafkajs';

/** An event on its way into Kafka; written at the time that it speaks of, as if it had been lying there since. */
export interface GivenEvent {
  subject: string;
  timeMs: number;
  json: string;
}

const PER_REQUEST = 2000;

/** The side of Kafka that a bench needs: fills topics, and sees how far groups have come. */
export class TopicLog {
  private constructor(
    private readonly admin: Admin,
    private readonly producer: Producer,
  ) {}

  static async connect(brokers: string): Promise<TopicLog> {
    const kafka = new Kafka({ brokers: brokers.split(','), clientId: 'bench', logLevel: logLevel.NOTHING });
    const log = new TopicLog(kafka.admin(), kafka.producer({ allowAutoTopicCreation: false }));
    await Promise.all([log.admin.connect(), log.producer.connect()]);
    return log;
  }

  async close(): Promise<void> {
    await Promise.all([this.admin.disconnect(), this.producer.disconnect()]);
  }

  /** Gives how many there were. */
  async fill(topic: string, events: Iterable<GivenEvent>): Promise<number> {
    let [count, batch]: [number, GivenEvent[]] = [0, []];
    for (const event of events) {
      batch.push(event);
      if (batch.length < PER_REQUEST) continue;
      await this.send(topic, batch);
      count += batch.length;
      batch = [];
    }
    await this.send(topic, batch);
    return count + batch.length;
  }

  /** The sum of what a group has committed of a topic. */
  async committed(groupId: string, topic: string): Promise<number> {
    const [found] = await this.admin.fetchOffsets({ groupId, topics: [topic] });
    return (found?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(Number(offset), 0), 0);
  }

  /** The ids of a group's members, once it has some and none comes or goes. */
  async stableMembers(groupId: string): Promise<string[]> {
    return eventually(`${groupId} is stable`, async () => {
      const { groups } = await this.admin.describeGroups([groupId]);
      const [group] = groups;
      if (group?.state !== 'Stable') throw new Error(`it is ${group?.state}`);
      return group.members.map(({ memberId }) => memberId);
    });
  }

  /** The group begins anew; it must have no member. */
  async forget(groupId: string): Promise<void> {
    await this.admin.deleteGroups([groupId]);
  }

  private async send(topic: string, events: readonly GivenEvent[]): Promise<void> {
    if (events.length === 0) return;
    const messages = events.map(({ subject, timeMs, json }) => ({
      key: subject,
      value: json,
      timestamp: String(timeMs),
    }));
    await this.producer.send({ topic, acks: -1, messages });
  }
}
