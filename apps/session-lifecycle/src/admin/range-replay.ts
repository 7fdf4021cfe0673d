import { Inject, Injectable } from '@nestjs/common';
import type { ReplayedRangeAnswer, TopicName } from '#libs/contracts';
import { LogBounds, readRange } from '#libs/event-log';
import { Refusal, describeError } from '#libs/service-host';
import { Quarantine, type QuarantineRange, QuarantineRanges, failureKind } from '#libs/session-store';
import { LIFECYCLE_CONFIG, type LifecycleConfig, horizonMsOf, kafkaOptions } from '../config';
import { readSlice } from '../ingest/read-slice';
import { TopicNames } from '../kafka/topic-names';
import { Replay } from './replay';

/** How many messages are taken in one transaction. */
const AT_ONCE = 500;

/** Reads the messages of a range from Kafka again, of which the quarantine has only the places. */
@Injectable()
export class RangeReplay {
  constructor(
    @Inject(LIFECYCLE_CONFIG) private readonly config: LifecycleConfig,
    private readonly names: TopicNames,
    private readonly replay: Replay,
    private readonly bounds: LogBounds,
    private readonly quarantine: Quarantine,
    private readonly ranges: QuarantineRanges,
  ) {}

  /**
   * Takes what can be taken by now. The range is over when nothing of it is left that cannot, else it stays as it is and
   * the replay can be tried again. What retention deleted is gone, and counted. Rejects with a Refusal: 404 where no such
   * topic is this service's, 503 while it cannot be read.
   */
  async run(range: QuarantineRange): Promise<ReplayedRangeAnswer['data']> {
    const { ranges } = this;
    const topic = this.names.topicOf(range.topic);
    if (!topic) {
      const what = `the topic ${range.topic} is not one of this service`;
      await ranges.stillBad(range.id, what);
      throw new Refusal(404, 'not_found', what);
    }
    try {
      const taken = await this.takeRange(topic, range);
      const lost = taken.gone > 0 ? `Kafka did not have ${taken.gone} of its offsets any more` : null;
      if (taken.still === 0 && (await ranges.replayed(range, lost))) return { ...taken, state: 'replayed' };
      const left = taken.still > 0 ? `${taken.still} messages still cannot be taken` : 'it grew while it was replayed';
      return { ...taken, state: await ranges.stillBad(range.id, left) };
    } catch (error) {
      if (failureKind(error) === 'away') throw error;
      const what = `the range cannot be read from Kafka now: ${describeError(error)}`;
      await ranges.stillBad(range.id, what);
      throw new Refusal(503, 'unavailable', what);
    }
  }

  private async takeRange(topic: TopicName, range: QuarantineRange) {
    const place = { topic: range.topic, partition: range.partition };
    const from = await this.firstKept(range);
    const count = { taken: 0, still: 0, gone: Number(from - BigInt(range.from_offset)) };
    const wanted = { ...place, from: String(from), to: range.to_offset };
    // Who replays what came too late wants it.
    const horizonMs = range.reason === 'too-old' ? Infinity : horizonMsOf(this.config);
    for await (const fetched of readRange(kafkaOptions(this.config), wanted)) {
      for (let at = 0; at < fetched.length; at += AT_ONCE) {
        const records = fetched.slice(at, at + AT_ONCE);
        const { good, evidence } = readSlice(topic, { ...place, records, fromOffset: '0', nextOffset: '0' }, horizonMs);
        const readable = good.map(({ record }) => record);
        const failed = await this.replay.takeAgain(topic, place, readable, horizonMs);
        count.taken += readable.length - failed.length;
        count.still += failed.length + (await this.stillInRange(range, evidence.bad));
      }
    }
    return count;
  }

  /** Of the unreadable, those that have no row of their own, and are of the range's source. */
  private async stillInRange(
    { topic, partition, source, reason }: QuarantineRange,
    bad: readonly { source: string; place: { offset: string } }[],
  ): Promise<number> {
    const meant = bad.filter((one) => reason === 'several' || one.source === source).map(({ place }) => place.offset);
    if (meant.length === 0) return 0;
    return meant.length - (await this.quarantine.offsets(topic, partition, meant)).size;
  }

  private async firstKept({ topic, partition, from_offset: from, to_offset: to }: QuarantineRange): Promise<bigint> {
    const { bounds } = await this.bounds.fetch([topic]);
    const low = BigInt(bounds.find((one) => one.partition === partition)?.low ?? from);
    const [first, end] = [BigInt(from), BigInt(to) + 1n];
    if (low <= first) return first;
    return low < end ? low : end;
  }
}
