import type { EventToken, SessionRecord } from '#libs/session';
import type { DataSource, QueryRunner } from 'typeorm';
import type * as Neighbours from '../src/claims/neighbours';
import type * as DeriveHeld from '../src/folds/derive-held';
import type { HeldSession } from '../src/folds/lock-folds';
import type * as DerivedRows from '../src/session-log/derived-rows';
import type { Beat } from '../src/signals/beat-calm';
import type * as FoldEvents from '../src/slice/fold-events';
import type { SessionToRecord } from '../src/slice/slice';

/** By module: what it exports instead of what is right. */
export type Bug = Record<string, (right: never) => object>;

export const BUGS: Record<string, Bug> = {
  'a claim is left behind when the room moves': {
    '../src/claims/move-claims': () => ({ moveClaims: () => Promise.resolve() }),
  },
  'a neighbour is not derived': {
    '../src/claims/neighbours': () => ({ neighboursOf: () => Promise.resolve([]) }),
  },
  'the neighbours in the room that is left are not derived': {
    '../src/claims/neighbours': ({ neighboursOfAllClaims }: typeof Neighbours) => {
      // The first call of a slice is for the rooms that are left, the second for those that are joined.
      let calls = 0;
      return {
        neighboursOfAllClaims: (runner: QueryRunner, sessions: Neighbours.ClaimsInRoom[]) =>
          calls++ % 2 === 0 ? Promise.resolve([]) : neighboursOfAllClaims(runner, sessions),
      };
    },
  },
  'a redelivered start claims twice': {
    '../src/slice/fold-events': ({ newClaims }: typeof FoldEvents) => ({
      newClaims: (taken: SessionToRecord[], known: Set<SessionToRecord>, records: never) => [
        ...newClaims(taken, known, records),
        ...newClaims([...known], new Set(), records).map((claim) => ({
          ...claim,
          event_id: `${claim.event_id} again`,
        })),
      ],
    }),
  },
  'a heartbeat takes the narrow way though its session is not calm': {
    '../src/signals/beat-calm': () => ({ beatCalm: beatAnyhow }),
  },
  'a version grows by a heartbeat': {
    '../src/folds/derive-held': ({ deriveHeld }: typeof DeriveHeld) => ({
      deriveHeld: (record: SessionRecord, before: HeldSession | undefined, takeover: EventToken | undefined) => {
        const derived = deriveHeld(record, before, takeover);
        if (!before || derived.changed || before.record.last_signal_at === record.last_signal_at) return derived;
        return { ...derived, changed: true, version: before.version + 1 };
      },
    }),
  },
  'a heartbeat that is late takes back a signal': {
    '../src/signals/beat-calm': () => ({ beatCalm: beatBack }),
  },
  'the log is silent of a takeover beside an event of the session’s own': {
    '../src/session-log/derived-rows': ({ derivedRows }: typeof DerivedRows) => ({
      derivedRows: (sessions: DeriveHeld.DerivedSession[], before: never, at: never) =>
        derivedRows(
          sessions.filter((one) => one.before?.fold === one.fold),
          before,
          at,
        ),
    }),
  },
  'the log takes a takeover and a loss for what an event said': {
    '../src/session-log/derived-rows': ({ derivedRows }: typeof DerivedRows) => ({
      derivedRows: (sessions: DeriveHeld.DerivedSession[], before: never, at: never) =>
        derivedRows(
          sessions.map((one) => ({
            ...one,
            takeover: undefined,
            record: { ...one.record, checked_at: undefined },
          })),
          before,
          at,
        ),
    }),
  },
  'a look stays planned that is too late': {
    '../src/signals/keep-earlier-look': () => ({
      keepEarlierLook: (one: DeriveHeld.DerivedSession) => ({
        ...one,
        signals: { ...one.signals, due: one.before?.signals.due ?? one.signals.due },
      }),
    }),
  },
};

function beatAnyhow(source: DataSource, beats: readonly Beat[]): Promise<Set<string>> {
  return beat(
    source,
    `UPDATE session_signals SET last_signal_at = greatest(last_signal_at, $2) WHERE session_id = $1 RETURNING session_id`,
    beats,
  );
}

function beatBack(source: DataSource, beats: readonly Beat[]): Promise<Set<string>> {
  return beat(
    source,
    `UPDATE session_signals SET last_signal_at = $2 WHERE session_id = $1 AND calm RETURNING session_id`,
    beats,
  );
}

async function beat(source: DataSource, text: string, beats: readonly Beat[]): Promise<Set<string>> {
  const beaten = new Set<string>();
  for (const { session_id: id, last_signal_at: at } of beats) {
    const [rows] = (await source.query(text, [id, new Date(at)])) as [unknown[], number];
    if (rows.length > 0) beaten.add(id);
  }
  return beaten;
}
