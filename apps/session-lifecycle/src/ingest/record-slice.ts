import type { TopicName } from '#libs/contracts';
import type { Recorded, ReferenceKind, ReferenceToRecord, SessionCount, SessionStore } from '#libs/session-store';
import { type GoodEvent, type ReadSlice, type Tombstone, originOf } from './read-slice';

const KINDS: Record<string, ReferenceKind> = {
  'room.changed.v1': 'room',
  'host.changed.v1': 'host',
  'preset.changed.v1': 'preset',
};

type RecordSlice = {
  [T in TopicName]: (store: SessionStore, read: ReadSlice<T>) => Promise<Recorded>;
};

/** Records what was read of a topic in one transaction; gives what Redis is to be told. */
export function recordSlice<T extends TopicName>(topic: T, read: ReadSlice<T>, store: SessionStore): Promise<Recorded> {
  return RECORD_SLICE[topic](store, read);
}

const RECORD_SLICE: RecordSlice = {
  sessions(store, { from, good, evidence }) {
    const events = good.flatMap((one) => {
      if (one.kind !== 'event') return [];
      const { event, at, brokerTime, record } = one;
      return [{ event, at, brokerTime, origin: originOf(from, record), fact: { ...event, at, brokerTime } }];
    });
    return store.recordSessionSlice(events, evidence);
  },

  viewers(store, { good, evidence }) {
    const counts: SessionCount[] = [];
    for (const one of good) {
      if (one.kind !== 'event') continue;
      const { subject, sequence, source, id, data } = one.event;
      counts.push({ subject, at: one.at, sequence, source, id, viewer_count: data.viewer_count });
    }
    return store.recordViewerSlice(counts, evidence);
  },

  directory(store, { from, good, evidence }) {
    return store.recordDirectorySlice(
      good.map((one) => reference(one, from)),
      evidence,
    );
  },
};

function reference(one: GoodEvent<'directory'> | Tombstone, from: ReadSlice<'directory'>['from']): ReferenceToRecord {
  const { at, record } = one;
  const { offset } = record;
  if (one.kind === 'tombstone') {
    return { fact: { id: one.id, kind: null, at, offset, state: null }, loggable: null };
  }
  const { event, brokerTime } = one;
  const { subject: id, type, data: state } = event;
  const loggable = { event, at, brokerTime, origin: originOf(from, record) };
  return { fact: { id, kind: KINDS[type] ?? null, at, offset, state }, loggable };
}
