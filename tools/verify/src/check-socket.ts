import { type Card, type LiveSort, type SortOrder, isBefore } from '#libs/contracts';
import { WATCH_LIMIT } from '#libs/client';
import { byOrder } from '../../../libs/client/src/protocol';
import { type Difference, NOTHING, differingFields } from '#libs/session-store';
import { PUBLIC, presentCard } from '#libs/session';
import type { CheckProgress } from './check-progress';
import type { Replica } from './replica';
import { Finding } from './report';
import { type Sight, settle } from './settle';
import type { Subscriber } from './socket';

interface Options {
  subscriber: Subscriber;
  replica: Replica;
  progress: CheckProgress;
}

/** A list that a page would follow. */
interface FollowedList {
  status: ('live' | 'scheduled')[];
  sort: LiveSort;
  order: SortOrder;
  limit: number;
}

const LISTS: readonly FollowedList[] = [
  { status: ['live'], sort: 'viewer_count', order: 'desc', limit: 200 },
  { status: ['live'], sort: 'started_at', order: 'desc', limit: 200 },
  { status: ['scheduled'], sort: 'scheduled_start_time', order: 'asc', limit: 200 },
];

/** Holds what subscribers of the gateway see against the projection: every open session, and the head of some lists. */
export async function checkSocket(options: Options): Promise<Finding[]> {
  return [await checkCards(options), await checkLists(options)];
}

/** Watches all that is open, two hundred sessions at a time: each is shown with its exact counts. */
async function checkCards({ subscriber, replica, progress }: Options): Promise<Finding> {
  const finding = new Finding('socket, cards = Redis');
  const look = async (ids: readonly string[]) => {
    const sights = new Map<string, Sight>();
    for (let start = 0; start < ids.length; start += WATCH_LIMIT) {
      const some = ids.slice(start, start + WATCH_LIMIT);
      const { sessions, position } = await subscriber.watched(some);
      await replica.advance(position);
      const cards = new Map(sessions.map((card) => [card.id, card]));
      for (const id of some) {
        const difference = ofCard(id, cardOf(replica, id), cards.get(id));
        sights.set(id, { difference, settled: replica.isKnownAt(id, position) });
      }
      progress.at(finding.name, start + some.length, ids.length);
    }
    return sights;
  };
  await replica.advanceToHead();
  const open = replica.state.ofEachOpen(({ session }) => session.id);
  finding.compared = open.length;
  const suspects = [...(await look(open))].flatMap(([id, { difference }]) => (difference ? [id] : []));
  return told(finding, await settle(suspects, look));
}

/** At exactly the position that the list shows. */
async function checkLists({ subscriber, replica, progress }: Options): Promise<Finding> {
  const finding = new Finding('socket, lists = Redis');
  finding.compared = LISTS.length;
  const look = async (lists: readonly FollowedList[]) => {
    const sights = new Map<FollowedList, Sight>();
    for (const list of lists) {
      const { position: from } = replica;
      const shown = await subscriber.list(list, ({ position }) => !from || !isBefore(position, from));
      const at = await replica.advance(shown.position);
      const isExact = at.epoch === shown.position.epoch && at.seq === shown.position.seq;
      sights.set(list, { difference: ofList(replica, list, shown), settled: isExact });
    }
    return sights;
  };
  progress.at(finding.name, 0, null);
  return told(finding, await settle(LISTS, look));
}

function told(finding: Finding, { differences, moving }: Awaited<ReturnType<typeof settle>>): Finding {
  differences.forEach((one) => finding.add(one));
  finding.moving = moving;
  return finding;
}

function cardOf(replica: Replica, id: string): Card | undefined {
  const input = replica.inputOf(id);
  return input && presentCard(input, PUBLIC, true);
}

function ofCard(id: string, expected: Card | undefined, found: Card | undefined): Difference | null {
  const where = 'watch';
  if (!expected && !found) return null;
  if (!expected) return { kind: 'socket, too many', id, where, expected: NOTHING, found: versionOf(found) };
  if (!found) return { kind: 'socket, missing', id, where, expected: versionOf(expected), found: NOTHING };
  const differing = differingFields(expected, found);
  if (!differing) return null;
  const { names, ...rest } = differing;
  return { kind: 'socket', id, where: `${where} ${names.join(', ')}`, ...rest };
}

function ofList(
  replica: Replica,
  { status, sort, order, limit }: FollowedList,
  shown: { total: number; sessions: readonly Card[] },
): Difference | null {
  const cards = replica.state
    .ofEachOpen((open) => (status.some((one) => one === open.session.status) ? [presentCard(open, PUBLIC)] : []))
    .flat();
  const first = cards.sort(byOrder({ sort, order })).slice(0, limit);
  const expected = { total: cards.length, sessions: first.map(lineOf) };
  const found = { total: shown.total, sessions: shown.sessions.map(lineOf) };
  const at = expected.sessions.findIndex((line, place) => line !== found.sessions[place]);
  if (expected.total === found.total && at < 0 && expected.sessions.length === found.sessions.length) return null;
  const place = at < 0 ? expected.sessions.length : at;
  const text = ({ total, sessions }: typeof expected) => `${total} in all, at ${place}: ${sessions[place] ?? NOTHING}`;
  const id = `${status.join()} by ${sort}`;
  return { kind: 'socket, list', id, where: `subscribe ${id}`, expected: text(expected), found: text(found) };
}

function lineOf(card: Card): string {
  const { id, version, viewer_count: count, max_viewers: peak, title } = card;
  return `${id} version ${version}, ${count ?? '-'} of ${peak ?? '-'} watch, ${JSON.stringify(title)}`;
}

function versionOf(card: Card | undefined): string {
  return card ? `version ${card.version}` : NOTHING;
}
