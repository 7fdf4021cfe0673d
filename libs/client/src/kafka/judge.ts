import { MAX_EVENT_BYTES, readEnvelope } from '#libs/contracts';
import type { RefusedEvent } from '../emit/emit-error';
import type { CloudEvent } from '../emit/event';

/** Events that Marquee would not read, by the rules by which it reads. */
export function refusedBeforehand(events: readonly CloudEvent[]): RefusedEvent[] {
  return events.flatMap((event, index) => {
    // As it is on the wire: what JSON leaves out is not there.
    const text = JSON.stringify(event);
    const read = readEnvelope(JSON.parse(text));
    const bytes = Buffer.byteLength(text);
    const problems = read.ok
      ? []
      : read.problems.map(({ path, message }) => ({ parameter: path || '(whole)', message }));
    if (bytes > MAX_EVENT_BYTES) {
      problems.push({ parameter: '(whole)', message: `must have at most ${MAX_EVENT_BYTES} bytes, not ${bytes}` });
    }
    return problems.length > 0 ? [{ index, event, problems }] : [];
  });
}
