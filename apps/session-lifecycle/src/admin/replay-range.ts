import type { ReplayedRangeAnswer } from '#libs/contracts';
import { type KafkaOptions, type LogBounds, readRange } from '#libs/event-log';
import { Refusal, describeError } from '#libs/service-host';
import { type Quarantine, type QuarantineRange, type QuarantineRanges, failureKind } from '#libs/session-store';
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
 * cannot, else it stays as it is and the replay can be tried again. What retention deleted is gone, and counted.
 */
export async function replayRange(
  range: QuarantineRange,
  options: ReplayRangeOptions,
): Promise<ReplayedRangeAnswer['data']> {
  const { ranges } = options;
  try {
    const taken = await takeRange(range, options);
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

async function takeRange(range: QuarantineRange, options: ReplayRangeOptions) {
  const place = { topic: range.topic, partition: range.partition };
  const topic = topicOf(place, options);
  const from = await firstKept(range, options);
  const count = { taken: 0, still: 0, gone: Number(from - BigInt(range.from_offset)) };
  for await (const fetched of readRange(options.kafka, { ...place, from: String(from), to: range.to_offset })) {
    for (let at = 0; at < fetched.length; at += AT_ONCE) {
      const records = fetched.slice(at, at + AT_ONCE);
      const { good, evidence } = readSlice(topic, { ...place, records, fromOffset: '0', nextOffset: '0' });
      const readable = good.map(({ record }) => record);
      const failed = await takeAgain(topic, place, readable, options);
      count.taken += readable.length - failed.length;
      count.still += failed.length + (await stillInRange(range, evidence.bad, options));
    }
  }
  return count;
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
