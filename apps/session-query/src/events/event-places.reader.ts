import { Injectable } from '@nestjs/common';
import type { EventAtPlace } from '#libs/contracts';
import { type QuarantinedAt, type SessionVersion, placeState, sessionVersion } from '#libs/session-store';
import { LRUCache } from 'lru-cache';
import { QueryFeed } from '../live/query.feed';
import { RecordStore } from '../record/record.store';
import { forSources } from './for-sources';
import { type FoundEvent, foundEvent } from './found-event';
import type { Place } from './read-place-request';

/** Who waits for an event asks several times a second: a place behind which the recording is changes no more, or rarely. */
const KEPT = 10_000;
const KEPT_RECORDED_MS = 30_000;
const KEPT_OTHERS_MS = 1000;

type Recorded = Extract<FoundEvent, { state: 'recorded' }>;
type WithoutPlace<T> = T extends unknown ? Omit<T, 'topic' | 'partition' | 'offset'> : never;
/** What became of an event, without the place that was asked for. */
type EventState = WithoutPlace<EventAtPlace>;

const iso = (time: number | Date) => new Date(time).toISOString();

/** What became of events, by their places: from the record, and from what this process holds of the projection. */
@Injectable()
export class EventPlaces {
  private readonly known = new LRUCache<string, FoundEvent>({ max: KEPT });

  constructor(
    private readonly record: RecordStore,
    private readonly live: QueryFeed,
  ) {}

  /**
   * As much as one may know who may know of these sources' events; null: of every one. Rejects with a Refusal (503) while
   * the record cannot be read.
   */
  async stateOf(place: Place, sources: readonly string[] | null): Promise<EventState> {
    const found = forSources(await this.find(place), sources);
    switch (found.state) {
      case 'recorded':
        return this.recorded(found);
      case 'quarantined':
        return { state: 'quarantined', quarantine: shownQuarantined(found.quarantined) };
      case 'gap': {
        const { from, to, why, foundAt } = found.gap;
        return { state: 'gap', gap: { from_offset: from, to_offset: to, why, found_at: iso(foundAt) } };
      }
      case 'unseen':
      case 'passed':
      case 'forgotten':
        return found;
    }
  }

  private async find({ topic, partition, offset }: Place): Promise<FoundEvent> {
    const key = `${topic} ${partition} ${offset}`;
    const known = this.known.get(key);
    if (known) return known;
    const found = foundEvent(await this.record.ask((source) => placeState(source, topic, partition, offset)));
    const ttl = found.state === 'recorded' ? KEPT_RECORDED_MS : KEPT_OTHERS_MS;
    if (found.state !== 'unseen') this.known.set(key, found, { ttl });
    return found;
  }

  private async recorded({ event, subject, did, flags, recordedAt }: Recorded): Promise<EventState> {
    const isOfSession = event.type.startsWith('session.');
    const now = isOfSession ? await this.record.ask((source) => sessionVersion(source, subject)) : null;
    return {
      state: 'recorded',
      event,
      subject,
      did,
      flags,
      recorded_at: iso(recordedAt),
      version: now?.version ?? null,
      projected: isOfSession ? this.shows(subject, now) : null,
    };
  }

  /** Whether this process shows a session as the record has it: one that is open in this version or a later one, another not. */
  private shows(id: string, now: SessionVersion | null): boolean {
    if (!this.live.position) return false;
    let held: number | undefined;
    this.live.eachOpen({ ids: [id] }, ({ session }) => (held = session.version));
    return now?.isOpen ? held !== undefined && held >= now.version : held === undefined;
  }
}

function shownQuarantined({ kind, id, source, reason, error, state, received_at }: QuarantinedAt) {
  const isRange = kind === 'range';
  const ids = { id: isRange ? null : id, range_id: isRange ? id : null };
  return { ...ids, source, reason, error, state, received_at: iso(received_at) };
}
