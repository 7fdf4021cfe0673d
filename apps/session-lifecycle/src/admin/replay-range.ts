import type { ReplayedRangeAnswer } from '#libs/contracts';
import { type KafkaOptions, type LogBounds, readRange } from '#libs/event-log';
import type { Quarantine, QuarantineRange, QuarantineRanges } from '#libs/session-store';
import { readSlice } from '../ingest/read-slice';
import { type TakeAgainOptions, takeAgain, topicOf } from './replay';

export interface ReplayRangeOptions extends TakeAgainOptions {
  kafka: KafkaOptions;
  bounds: LogBounds;
  quarantine: Quarantine;
  ranges: QuarantineRanges;
}

/** How many messages are taken in one transaction. */
const AT_ONCE = 500;

/**
 * Reads a range from Kafka again and takes what can be taken by now. The range is over when nothing of it is left that
 * cannot, else it stays open and the replay can be tried again. What retention deleted is gone, and counted.
 */
export async function replayRange(
  range: QuarantineRange,
  options: ReplayRangeOptions,
): Promise<ReplayedRangeAnswer['data']> {
  const { ranges, kafka } = options;
  const place = { topic: range.topic, partition: range.partition };
  const topic = topicOf(place, options);
  const from = await firstKept(range, options);
  const answer = { taken: 0, still: 0, gone: Number(from - BigInt(range.from_offset)) };
  for await (const fetched of readRange(kafka, { ...place, from: String(from), to: range.to_offset })) {
    for (let at = 0; at < fetched.length; at += AT_ONCE) {
      const records = fetched.slice(at, at + AT_ONCE);
      const { good, evidence } = readSlice(topic, { ...place, records, fromOffset: '0', nextOffset: '0' });
      const failed = await takeAgain(
        topic,
        place,
        good.map(({ record }) => record),
        options,
      );
      answer.taken += good.length - failed.length;
      answer.still += failed.length + (await stillInRange(range, evidence.bad, options));
    }
  }
  if (answer.still === 0 && (await ranges.replayed(range))) return { ...answer, state: 'replayed' };
  await ranges.stillBad(range.id, `${answer.still} messages still cannot be taken`);
  return { ...answer, state: 'open' };
}

/** Of the unreadable, those that have no row of their own, and are of the range's source. */
async function stillInRange(
  { topic, partition, source, reason }: QuarantineRange,
  bad: readonly { source: string; place: { offset: string } }[],
  { quarantine }: ReplayRangeOptions,
): Promise<number> {
  const meant = bad.filter((one) => reason === 'several' || one.source === source).map(({ place }) => place.offset);
  if (meant.length === 0) return 0;
  return meant.length - (await quarantine.offsets(topic, partition, meant)).size;
}

async function firstKept(
  { topic, partition, from_offset: from, to_offset: to }: QuarantineRange,
  { bounds: log }: ReplayRangeOptions,
) {
  const { bounds } = await log.fetch([topic]);
  const low = BigInt(bounds.find((one) => one.partition === partition)?.low ?? from);
  const [first, end] = [BigInt(from), BigInt(to) + 1n];
  if (low <= first) return first;
  return low < end ? low : end;
}
