import { TOPICS, type TopicName } from '#libs/contracts';
import type { ConsumerStatus } from '#libs/event-log';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Of a slice that was recorded. */
export interface Taken {
  bad: number;
  records: number;
}

type ConsumerGauge = [name: string, help: string, of: (status: ConsumerStatus, now: number) => number];

const CONSUMER: ConsumerGauge[] = [
  [
    'marquee_consumer_silent_seconds',
    'Time since the last word from Kafka, by topic',
    ({ lastPollAt }, now) => (lastPollAt === null ? Infinity : (now - lastPollAt) / 1000),
  ],
  ['marquee_consumer_partitions', 'Partitions that this process has, by topic', (status) => status.partitions.length],
  ['marquee_consumer_restarts', 'Consumers that were made anew since the start', (status) => status.restarts],
  ['marquee_consumer_rebalances', 'Joins again without being made anew since the start', (status) => status.rebalances],
  [
    'marquee_consumer_stuck',
    'Consumers made anew because a partition stood still in front of records',
    (status) => status.stuck,
  ],
  ['marquee_consumer_parked_seconds', 'All the time parked since the start', (status) => status.parkedMs / 1000],
  ['marquee_consumer_is_parked', 'Whether it takes nothing now', ({ parkedSince }) => (parkedSince === null ? 0 : 1)],
];

/** What the people who run it look at: how records come in. */
export class IngestMetrics {
  private readonly records: Counter;
  private readonly storms: Counter;
  private readonly slices: Histogram;
  private readonly freshness: Histogram;
  private readonly tooMuchs: Counter;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    this.records = new Counter({
      name: 'marquee_ingested_records_total',
      help: 'Records taken for good, by topic and what became of them: recorded, or unreadable and quarantined (identity conflicts count as recorded: see marquee_quarantine_open)',
      labelNames: ['topic', 'outcome'],
      registers,
    });
    this.storms = new Counter({
      name: 'marquee_storms_total',
      help: 'Sources that began to send many unreadable messages (QUARANTINE_STORM_RECORDS), by topic; the log names them',
      labelNames: ['topic'],
      registers,
    });
    this.slices = new Histogram({
      name: 'marquee_slice_seconds',
      help: 'Time to record and project one slice, by topic; of viewers with the time until it was gathered',
      labelNames: ['topic'],
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
      registers,
    });
    this.tooMuchs = new Counter({
      name: 'marquee_ingest_too_much_total',
      help: 'Slices that a limit of ours refused, and that were tried again in smaller parts, by topic',
      labelNames: ['topic'],
      registers,
    });
    this.freshness = new Histogram({
      name: 'marquee_freshness_seconds',
      help: 'From the broker’s time of the last record of a slice until it is projected, by topic',
      labelNames: ['topic'],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300],
      registers,
    });
  }

  /** Shows the consumers' states whenever somebody looks. */
  watch(statuses: () => ReadonlyMap<TopicName, ConsumerStatus>): void {
    for (const [name, help, of] of CONSUMER) {
      const gauge: Gauge = new Gauge({
        name,
        help,
        labelNames: ['topic'],
        registers: [this.registry],
        collect: () => {
          for (const [topic, status] of statuses()) gauge.set({ topic }, of(status, Date.now()));
        },
      });
    }
  }

  /** Shows how often an offset was tried in vain whenever somebody looks. */
  watchTries(most: (topic: TopicName) => number): void {
    const gauge: Gauge = new Gauge({
      name: 'marquee_ingest_tries_in_vain',
      help: 'How often the offset at hand was tried in vain, the most of all partitions, by topic: alarm from 5 on',
      labelNames: ['topic'],
      registers: [this.registry],
      collect: () => {
        for (const topic of Object.keys(TOPICS) as TopicName[]) gauge.set({ topic }, most(topic));
      },
    });
  }

  tooMuch(topic: TopicName): void {
    this.tooMuchs.inc({ topic });
  }

  /** Runs the work of a slice and measures it when it succeeds. `brokerTime`: of its last record, epoch ms. */
  async timeSlice<T>(topic: TopicName, brokerTime: number | undefined, work: () => Promise<T>): Promise<T> {
    const done = this.slices.startTimer({ topic });
    const result = await work();
    done();
    if (brokerTime !== undefined) this.freshness.observe({ topic }, Math.max(0, Date.now() - brokerTime) / 1000);
    return result;
  }

  took(topic: TopicName, { bad, records }: Taken): void {
    this.records.inc({ topic, outcome: 'recorded' }, records - bad);
    if (bad > 0) this.records.inc({ topic, outcome: 'quarantined' }, bad);
  }

  stormed(topic: string): void {
    this.storms.inc({ topic });
  }
}
