import { randomUUID } from 'node:crypto';
import { Kafka, type Producer, logLevel } from 'kafkajs';
import { type Flags, USAGE, readCommand } from './flags';
import { Platform, type Said } from './platform';

const STEP_MS = 200;
const STATUS_EVERY_MS = 10_000;
const CLOSE_LIMIT_MS = 2000;
/** Events of one request, so that it fits whatever the broker takes. */
const AT_ONCE = 1000;

/** Sends, and gives each subject times that strictly grow, as a producer should. */
class Sender {
  sent = 0;
  private readonly lastTimes = new Map<string, number>();

  constructor(
    private readonly producer: Producer,
    private readonly prefix: string,
  ) {}

  async send(said: readonly Said[]): Promise<void> {
    for (let from = 0; from < said.length; from += AT_ONCE) await this.sendBatch(said.slice(from, from + AT_ONCE));
  }

  private async sendBatch(said: readonly Said[]): Promise<void> {
    const topics = Map.groupBy(said, ({ topic }) => topic);
    await this.producer.sendBatch({
      acks: -1,
      topicMessages: [...topics].map(([topic, list]) => ({
        topic: `${this.prefix}.${topic}`,
        messages: list.map((one) => ({ key: one.subject, value: JSON.stringify(this.event(one)) })),
      })),
    });
    this.sent += said.length;
  }

  private event({ type, subject, data, at }: Said): object {
    const time = at ?? this.nextTime(subject);
    if (type === 'session.ended.v1') this.lastTimes.delete(subject);
    return {
      specversion: '1.0',
      id: randomUUID(),
      source: '/simulator',
      type,
      subject,
      time: new Date(time).toISOString(),
      datacontenttype: 'application/json',
      ...(data && { data }),
    };
  }

  private nextTime(subject: string): number {
    const time = Math.max(Date.now(), (this.lastTimes.get(subject) ?? 0) + 1);
    this.lastTimes.set(subject, time);
    return time;
  }
}

async function simulate({ brokers, topicPrefix, sessions, rate, seed }: Flags): Promise<void> {
  const producer = new Kafka({ brokers, clientId: 'simulator', logLevel: logLevel.ERROR }).producer({
    allowAutoTopicCreation: false,
  });
  await producer.connect();
  const platform = new Platform({ seed, sessions, now: Date.now() });
  const sender = new Sender(producer, topicPrefix);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

  await sender.send(platform.open(Date.now()));
  let owed = 0;
  let toldAt = 0;
  for (let last = Date.now(); !stop.signal.aborted;) {
    await pause(STEP_MS, stop.signal);
    const now = Date.now();
    owed = Math.min(owed + ((now - last) * rate) / 1000, rate * 2);
    last = now;
    const said = platform.step(now, Math.floor(owed));
    owed -= Math.min(said.length, Math.floor(owed));
    if (said.length > 0) await sender.send(said);
    if (now - toldAt > STATUS_EVERY_MS) {
      toldAt = now;
      process.stdout.write(`${new Date(now).toISOString()} on air: ${platform.live}, events sent: ${sender.sent}\n`);
    }
  }
  const limit = setTimeout(() => process.exit(0), CLOSE_LIMIT_MS);
  await sender.send(platform.close());
  await producer.disconnect();
  clearTimeout(limit);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}

async function main(): Promise<void> {
  const flags = readCommand(process.argv.slice(2), process.env);
  if (flags === 'help') process.stdout.write(USAGE);
  else await simulate(flags);
}

main().catch((error: unknown) => {
  process.stderr.write(`simulator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
