import type { CloudEvent } from './event';

/** What one `POST /events` may bring. */
const MOST_EVENTS = 1000;
const MOST_BYTES = 5_000_000;

/** Events that go in one request, and the place of the first of them. */
export interface Portion {
  from: number;
  events: readonly CloudEvent[];
  body: string;
}

/** Cuts events, in their order, into requests that the door takes. One that is too large goes alone, and is refused. */
export function portionsOf(
  events: readonly CloudEvent[],
  most = { events: MOST_EVENTS, bytes: MOST_BYTES },
): Portion[] {
  const utf8 = new TextEncoder();
  const portions: { from: number; texts: string[]; bytes: number }[] = [];
  for (const [index, event] of events.entries()) {
    const text = JSON.stringify(event);
    const bytes = utf8.encode(text).length + 1;
    const last = portions.at(-1);
    if (last && last.texts.length < most.events && last.bytes + bytes < most.bytes) {
      last.texts.push(text);
      last.bytes += bytes;
    } else {
      portions.push({ from: index, texts: [text], bytes: bytes + 1 });
    }
  }
  return portions.map(({ from, texts }) => ({
    from,
    events: events.slice(from, from + texts.length),
    body: `[${texts.join(',')}]`,
  }));
}
