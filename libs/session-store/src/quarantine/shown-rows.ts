import type { QuarantinedJson, QuarantinedRangeJson, QuarantinedWhole } from '#libs/contracts';
import { isTime } from '../bounds';
import { decodeHeaders } from './header-bytes';
import type { QuarantineRow, QuarantineSummary } from './quarantine';
import type { QuarantineRange } from './quarantine-ranges';

/** A row as operators are shown it. */
export function shownRow(row: QuarantineSummary): QuarantinedJson {
  const {
    id,
    topic,
    partition,
    offset,
    kind,
    source,
    size,
    reason,
    error,
    last_error,
    tries,
    state,
    state_at,
    state_why,
  } = row;
  return {
    id,
    topic,
    partition,
    offset,
    broker_time: timeOrNull(row.broker_ms),
    received_at: row.received_at.toISOString(),
    kind,
    source,
    key: row.key && row.key.toString('utf8'),
    size,
    reason,
    error,
    last_error,
    tries,
    state,
    state_at: state_at && state_at.toISOString(),
    state_why,
  };
}

/** The same with all bytes. */
export function shownWhole(row: QuarantineRow): QuarantinedWhole {
  return {
    ...shownRow(row),
    key_base64: row.key && row.key.toString('base64'),
    value_base64: row.value && row.value.toString('base64'),
    headers: decodeHeaders(row.headers).map(({ name, value }) => ({
      name: name.toString('utf8'),
      name_base64: name.toString('base64'),
      value_base64: value && value.toString('base64'),
    })),
  };
}

/** A range beyond the quarantine as operators are shown it. */
export function shownRange(range: QuarantineRange): QuarantinedRangeJson {
  const { id, topic, partition, from_offset, to_offset, source, reason, last_error, tries, state } = range;
  return {
    id,
    topic,
    partition,
    from_offset,
    to_offset,
    source,
    reason,
    messages: Number(range.messages),
    first_broker_time: timeOrNull(range.first_ms),
    last_broker_time: timeOrNull(range.last_ms),
    received_at: range.received_at.toISOString(),
    last_error,
    tries,
    state,
  };
}

/** What a damaged record has in place of its time is none. */
function timeOrNull(ms: string): string | null {
  return isTime(Number(ms)) ? new Date(Number(ms)).toISOString() : null;
}
