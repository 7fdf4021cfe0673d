import { eventually } from '../../test/given/eventually';
import { type Admin, ConfigResourceTypes, Kafka, type Producer, logLevel } from 'kafkajs';

/** An event on its way into Kafka. The broker notes its own time, or that of the event where the topic keeps times. */
export interface GivenEvent {
  subject: string;
  timeMs: number;
  json: string;
}

/** How far a group has come in a topic; of partitions that it has not committed, nothing. */
export type GroupOffsets = readonly { partition: number; offset: string }[];

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

  /** From now on the topic's events lie in it as if they had been there since the time that they speak of. */
  async keepTimes(topic: string): Promise<void> {
    const configEntries = [{ name: 'message.timestamp.type', value: 'CreateTime' }];
    const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }];
    await this.admin.alterConfigs({ validateOnly: false, resources });
  }

  /** A broker that has just started may not know for a while who coordinates a group. */
  async offsets(groupId: string, topic: string): Promise<GroupOffsets> {
    return eventually(`the offsets of ${groupId} are known`, async () => {
      const [found] = await this.admin.fetchOffsets({ groupId, topics: [topic] });
      return (found?.partitions ?? []).filter(({ offset }) => Number(offset) >= 0);
    });
  }

  /** The sum of what a group has committed of a topic. */
  async committed(groupId: string, topic: string): Promise<number> {
    return sumOf(await this.offsets(groupId, topic));
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

  /** The group goes on from these offsets, and from the topic's beginning where there are none; it must have no member. */
  async rewind(groupId: string, topic: string, offsets: GroupOffsets): Promise<void> {
    await this.admin.deleteGroups([groupId]).catch(() => undefined);
    if (offsets.length === 0) return;
    await eventually(`${groupId} is set to its offsets`, async () => {
      await this.admin.setOffsets({ groupId, topic, partitions: [...offsets] });
      return true;
    });
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

/** How many events a group has taken in all. */
export function sumOf(offsets: GroupOffsets): number {
  return offsets.reduce((sum, { offset }) => sum + Number(offset), 0);
}
