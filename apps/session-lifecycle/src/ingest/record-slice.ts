import type { ProjectionChange, TopicName } from '#libs/contracts';
import type { ReferenceKind, ReferenceToRecord, SessionStore } from '#libs/session-store';
import type { GoodEvent, ReadSlice, Tombstone } from './read-slice';

const KINDS: Record<string, ReferenceKind> = {
  'room.changed.v1': 'room',
  'host.changed.v1': 'host',
  'preset.changed.v1': 'preset',
};

type RecordSlice = {
  [T in TopicName]: (store: SessionStore, read: ReadSlice<T>) => Promise<ProjectionChange[]>;
};

/** Records what was read of a topic in one transaction; gives what is to be projected. */
export function recordSlice<T extends TopicName>(
  topic: T,
  read: ReadSlice<T>,
  store: SessionStore,
): Promise<ProjectionChange[]> {
  return RECORD_SLICE[topic](store, read);
}

const RECORD_SLICE: RecordSlice = {
  sessions(store, { good, evidence }) {
    const events = good.flatMap((one) =>
      one.kind === 'event' ? [{ ...one, fact: { ...one.event, at: one.at } }] : [],
    );
    return store.recordSessionSlice(events, evidence, Date.now());
  },

  viewers(store, { good, evidence }) {
    const counts = good.flatMap((one) => {
      if (one.kind !== 'event') return [];
      const { subject, sequence, source, id, data } = one.event;
      return [{ subject, at: one.at, sequence, source, id, viewer_count: data.viewer_count }];
    });
    return store.recordViewerSlice(counts, evidence);
  },

  directory(store, { good, evidence }) {
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
