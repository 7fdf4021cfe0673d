import { hash } from 'node:crypto';
import type { InboxRow } from '../oracle/record-rows';
import type { LoggedEvent } from '../oracle/session-log';
import { type Told, type Truth, identityOf } from '../oracle/truth';

/** I1: the inbox has each event of a session's life and of the directory, once, and nothing else. */
export function inboxAgainst({ told }: Truth, rows: readonly InboxRow[]): string[] {
  const expected = new Map(identified(told).map((one) => [inboxKey(one), identityOf(one)]));
  const found = new Set(rows.map(({ identity, day }) => `${identity} ${day}`));
  return [
    ...[...expected].filter(([key]) => !found.has(key)).map(([, identity]) => `${identity} is not in the inbox`),
    ...[...found].filter((key) => !expected.has(key)).map((key) => `${key} is in the inbox, and was never sent`),
  ];
}

/** The first 16 bytes of a digest of source and id, as a uuid is written; and the day of its clamped time. */
function inboxKey({ source, id, at }: Told): string {
  const digits = hash('sha256', `${source}\0${id}`, 'hex').slice(0, 32);
  const uuid = digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return `${uuid} ${new Date(Math.floor(at / 1000)).toISOString().slice(0, 10)}`;
}

/** I1: of all copies of an event exactly one has had its effect; the others are told to be duplicates. */
export function effectsAgainst({ told }: Truth, logged: readonly LoggedEvent[]): string[] {
  const effects = new Map<string, number>();
  for (const one of logged) {
    if (one.did === 'duplicate') continue;
    effects.set(identityOf(one), (effects.get(identityOf(one)) ?? 0) + 1);
  }
  const events = new Set(identified(told).map(identityOf));
  const wrong = [...events].filter((identity) => effects.get(identity) !== 1);
  const unknown = [...effects.keys()].filter((identity) => !events.has(identity));
  return [
    ...wrong.map((identity) => `${identity} took effect ${effects.get(identity) ?? 0} times`),
    ...unknown.map((identity) => `${identity} took effect, and was never sent`),
  ];
}

/** I3: each place on Kafka with an event that has an identity is in the log, once; no other place is. */
export function placesAgainst({ told }: Truth, logged: readonly LoggedEvent[]): string[] {
  const found = new Map<string, number>();
  for (const { topic, partition, offset } of logged) {
    const place = `${topic}/${partition}@${offset}`;
    found.set(place, (found.get(place) ?? 0) + 1);
  }
  const expected = new Set(
    identified(told).map(({ record: { topic, partition, offset } }) => `${topic}/${partition}@${offset}`),
  );
  return [
    ...[...expected]
      .filter((place) => found.get(place) !== 1)
      .map((place) => `${place} is in the log ${found.get(place) ?? 0} times`),
    ...[...found.keys()]
      .filter((place) => !expected.has(place))
      .map((place) => `${place} is in the log, and holds no good event`),
  ];
}

/** What inbox and log are of: neither counts nor heartbeats. */
function identified(told: readonly Told[]): Told[] {
  return told.filter((one) => one.record.topic !== 'viewers' && one.type !== 'session.heartbeat.v1');
}
