import { frameAt } from './batch-frame';
import { type FetchedMessage, unreadableMessage } from './fetched-message';
import { readRecordSet } from './record-set';

/** The messages of one batch that stands alone, or the one that says why it cannot be read. `now` in epoch ms. */
export function messagesOfBatch(bytes: Buffer, now: number): FetchedMessage[] {
  const frame = frameAt(bytes, 0);
  const trailing = bytes.length - frame.bytes.length;
  if (frame.kind === 'checked' && trailing === 0) {
    const { baseOffset, lastOffset } = frame.header;
    return readRecordSet(bytes, { from: baseOffset, end: lastOffset + 1n, now, mayHaveHoles: true }).messages;
  }
  const error = trailing > 0 ? `${trailing} bytes behind the batch` : whyOf(frame);
  return [unreadableMessage({ first: 0n, last: 0n, timestamp: now }, { reason: 'corrupt-batch', error, bytes })];
}

function whyOf(frame: ReturnType<typeof frameAt>): string {
  if (frame.kind === 'damaged') return frame.why;
  if (frame.kind === 'legacy') return `a message of format ${frame.magic}, which was written before Kafka 0.11`;
  return frame.bytes.length === 0 ? 'there are no bytes of it' : 'the bytes end before the batch does';
}
