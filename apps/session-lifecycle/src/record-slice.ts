import type { ProjectionChange, TopicName } from '#libs/contracts';
import type { Slice } from '#libs/event-log';
import type { ReferenceKind, ReferenceToRecord, SessionStore } from '#libs/session-store';
import { type GoodEvent, type Tombstone, readSlice } from './read-slice';

const KINDS: Record<string, ReferenceKind> = {
  'room.changed.v1': 'room',
  'host.changed.v1': 'host',
  'preset.changed.v1': 'preset',
};

/** Records a slice of a topic in one transaction; gives what is to be projected. */
export const RECORD_SLICE: Record<TopicName, (store: SessionStore, slice: Slice) => Promise<ProjectionChange[]>> = {
  sessions(store, slice) {
    const { good, evidence } = readSlice('sessions', slice);
    const events = good.flatMap((one) =>
      one.kind === 'event' ? [{ ...one, fact: { ...one.event, at: one.at } }] : [],
    );
    return store.recordSessionSlice(events, evidence, Date.now());
  },

  viewers(store, slice) {
    const { good, evidence } = readSlice('viewers', slice);
    const counts = good.flatMap((one) => {
      if (one.kind !== 'event') return [];
      const { subject, sequence, source, id, data } = one.event;
      return [{ subject, at: one.at, sequence, source, id, viewer_count: data.viewer_count }];
    });
    return store.recordViewerSlice(counts, evidence);
  },

  directory(store, slice) {
    const { good, evidence } = readSlice('directory', slice);
    return store.recordDirectorySlice(good.map(reference), evidence, Date.now());
  },
};

function reference(one: GoodEvent<'directory'> | Tombstone): ReferenceToRecord {
  const { offset } = one.origin.place;
  if (one.kind === 'tombstone') {
    return { fact: { id: one.id, kind: null, at: one.at, offset, state: null }, loggable: null };
  }
  const { subject: id, type, data: state } = one.event;
  return { fact: { id, kind: KINDS[type] ?? null, at: one.at, offset, state }, loggable: one };
}
