import type { ClaimRow } from '../oracle/record-rows';
import { type Truth, firstCopies } from '../oracle/truth';

/**
 * I5: each start holds the room that its session has, whatever room it said itself; when an older event that arrived late
 * changed the room, all claims of the session moved. `rooms`: of each session, by the rules.
 */
export function claimsAgainst(
  { told }: Truth,
  rooms: ReadonlyMap<string, string | null>,
  rows: readonly ClaimRow[],
): string[] {
  const starts = firstCopies(told).filter(({ type }) => type === 'session.started.v1');
  const expected = new Map(
    starts.map(({ subject, at, sequence, source, id }) => [
      `${subject} ${at} ${sequence} ${source} ${id}`,
      rooms.get(subject) ?? null,
    ]),
  );
  const found = new Map(
    rows.map((row) => [`${row.session_id} ${row.at} ${row.seq} ${row.source} ${row.event_id}`, row.room_id]),
  );
  return [
    ...[...expected].flatMap(([claim, room]) => {
      const held = found.get(claim);
      if (held === undefined) return [`${claim} has no claim`];
      return held === room ? [] : [`${claim} holds ${held ?? 'no room'}, its session has ${room ?? 'none'}`];
    }),
    ...[...found.keys()].filter((claim) => !expected.has(claim)).map((claim) => `${claim} is of no start`),
  ];
}
