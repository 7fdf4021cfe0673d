import { type Place, askEventPlace } from '../api/event-place';
import { type RestRefusal, askRest } from '../api/rest';
import type { LiveUpdate, Marquee } from '../sdk';
import type { SentEvent } from './event-kinds';

/** The way of one event: when each station had it, in ms after it was sent; null: not yet. */
export interface Way {
  event: SentEvent;
  place: Place | null;
  acknowledged: number | null;
  recorded: number | null;
  projected: number | null;
  pushed: number | null;
  /** What it did, or why it went no further. */
  outcome: string | null;
  /** `done`: nothing more is awaited. */
  state: 'going' | 'done' | 'refused' | 'quarantined';
}

const ASK_EVERY_MS = 40;
/** What has not come by then is not waited for any more. */
const WITHIN_MS = 10_000;
/** Without a gateway it is sent all the same, and no push is shown. */
const WATCHING_WITHIN_MS = 2000;
const DID = {
  applied: 'applied',
  late: 'late, yet it changed something',
  older: 'older than what is known: it changed nothing',
  duplicate: 'a duplicate: it changed nothing',
  deleted: 'the session was deleted: it changed nothing',
} as const;

export interface Sending {
  client: Marquee;
  /** Origin of the service that takes events. */
  events: string;
  event: SentEvent;
  tell: (way: Way) => void;
}

/**
 * Sends an event, and follows it by facts: the door's answer, what the recording says of its place, and the frame that
 * comes to this browser.
 */
export async function sendAndFollow({ client, events, event, tell }: Sending): Promise<void> {
  let sentAt = performance.now();
  const since = () => Math.round((performance.now() - sentAt) * 10) / 10;
  const way: Way = {
    event,
    place: null,
    acknowledged: null,
    recorded: null,
    projected: null,
    pushed: null,
    outcome: null,
    state: 'going',
  };
  const learn = (known: Partial<Way>) => tell(Object.assign(way, known) && { ...way });
  learn({});
  let seen: string | undefined;
  let watches = (): void => undefined;
  const isWatched = new Promise<void>((resolve) => {
    watches = resolve;
  });
  const watch = client.watch([event.subject], (update) => {
    seen ??= update.state === 'live' ? markOf(update) : undefined;
    if (seen !== undefined) watches();
    if (way.pushed === null && seen !== undefined && isPushed(update, event, seen)) learn({ pushed: since() });
  });
  try {
    // What was there before must be known first: else the change that the event brings could not be told from it.
    await Promise.race([isWatched, new Promise((resolve) => setTimeout(resolve, WATCHING_WITHIN_MS))]);
    sentAt = performance.now();
    const sent = await send(events, event);
    if (!sent.ok) return learn({ state: 'refused', outcome: reasonOf(sent.refusal) });
    const { accepted } = sent.data;
    learn({ acknowledged: since(), place: accepted[0] ?? null });
    if (accepted[0]) await followPlace(accepted[0], way, learn, since);
  } finally {
    watch.close();
  }
}

function send(events: string, event: SentEvent) {
  const body = JSON.stringify(event);
  return askRest<{ accepted: Place[] }>(`${events}/events`, {
    method: 'POST',
    body,
    contentType: 'application/cloudevents+json',
  });
}

async function followPlace(
  place: Place,
  way: Way,
  learn: (known: Partial<Way>) => void,
  since: () => number,
): Promise<void> {
  const signal = AbortSignal.timeout(WITHIN_MS);
  const isOver = () => signal.aborted || (way.state === 'going' && way.projected !== null && way.pushed !== null);
  while (!isOver()) {
    const answer = await askEventPlace(place, signal).catch(() => undefined);
    if (!answer) break;
    if (!answer.ok)
      return learn({ state: 'done', outcome: `it was taken; its way is not told: ${answer.refusal.error}` });
    const { data } = answer;
    if (data.state === 'quarantined')
      return learn({
        state: 'quarantined',
        recorded: since(),
        outcome: `${data.quarantine.reason}: ${data.quarantine.error ?? ''}`,
      });
    if (data.state === 'recorded') {
      if (way.recorded === null) learn({ recorded: since(), outcome: DID[data.did] });
      if (data.projected !== false && way.projected === null) learn({ projected: since() });
      const isNothing = data.did !== 'applied' && data.did !== 'late';
      if (isNothing) break;
    } else if (data.state !== 'unseen' && way.recorded === null) {
      // Counts keep no identity: that the recording has passed it is all there is to know.
      learn({ recorded: since(), outcome: 'taken; of counts and repeats no more is kept' });
    }
    if (data.state === 'passed' && way.pushed !== null) break;
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
  learn({ state: 'done' });
}

/** What a watch shows of a session, to tell whether it has changed. */
function markOf({ sessions: [card], absent }: LiveUpdate): string {
  return card ? `${card.version} ${card.viewer_count} ${card.status}` : `absent ${absent.length}`;
}

function isPushed(update: LiveUpdate, event: SentEvent, seen: string): boolean {
  if (update.state !== 'live' || markOf(update) === seen) return false;
  return event.type === 'session.ended.v1' ? update.sessions.length === 0 : update.sessions.length > 0;
}

function reasonOf({ error, details }: RestRefusal): string {
  return details.length === 0 ? error : details.map(({ parameter, message }) => `${parameter}: ${message}`).join('; ');
}
