import { hostRole, presetType, sessionMode } from '../events/field';
import { quarantineState } from '../admin/ingest-admin';
import { eventRecorded } from '../rest/event-place';
import { loggedEvent } from '../rest/history';
import { listSort, sortOrder } from '../rest/list-query';
import { sessionHealth, sessionStatus } from '../rest/session';
import { removeReason } from '../socket/frames';
import { liveSort, liveStatus } from '../socket/requests';

/** Sets of values that several shapes and parameters share, by their names in the documents. */
const VALUES = {
  SessionStatus: sessionStatus,
  LiveStatus: liveStatus,
  SessionMode: sessionMode,
  SessionHealth: sessionHealth,
  HostRole: hostRole,
  PresetType: presetType,
  ListSort: listSort,
  LiveSort: liveSort,
  SortOrder: sortOrder,
  EventTiming: loggedEvent.shape.timing.unwrap(),
  EventEffect: loggedEvent.shape.did,
  SentEventEffect: eventRecorded.shape.did,
  QuarantineState: quarantineState,
  RemoveReason: removeReason,
};

/** The schemas of these values, for `components.schemas`. */
export const VALUE_SCHEMAS: Record<string, object> = Object.fromEntries(
  Object.entries(VALUES).map(([name, schema]) => [name, { type: 'string', enum: schema.options }]),
);

const NAMES = new Map(Object.entries(VALUES).map(([name, { options }]) => [setOf(options), name]));

/** The schema with a reference in the place of every set of values that has a name. */
export function withNamedValues<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(withNamedValues) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const { type, enum: values, ...rest } = schema as { type?: unknown; enum?: unknown[] };
  const name = type === 'string' ? NAMES.get(setOf(values ?? [])) : undefined;
  if (name !== undefined) return { $ref: `#/components/schemas/${name}`, ...rest } as T;
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withNamedValues(value)])) as T;
}

function setOf(values: readonly unknown[]): string {
  return values.map(String).sort().join();
}
