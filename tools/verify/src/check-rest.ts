import type { RestSession } from '#libs/contracts';
import { type Difference, NOTHING, differingFields } from '#libs/session-store';
import { type Audience, presentSession } from '#libs/session';
import type { CheckProgress } from './check-progress';
import type { Replica } from './replica';
import { Finding } from './report';
import type { ListPage, Rest } from './rest';
import { type Sight, settle } from './settle';

const PER_PAGE = 100;

/** A list of REST that shows open sessions, and the states that it shows. */
interface List {
  name: string;
  path: string;
  parameters: Record<string, string>;
  statuses: readonly string[];
}

const LISTS: readonly List[] = [
  { name: 'REST, live = Redis', path: '/sessions/live', parameters: {}, statuses: ['live'] },
  {
    name: 'REST, lists = Redis',
    path: '/sessions',
    parameters: { status: 'scheduled,live' },
    statuses: ['scheduled', 'live'],
  },
];

export interface RestOptions {
  rest: Rest;
  replica: Replica;
  audience: Audience;
  progress: CheckProgress;
}

/** Walks the lists of open sessions by cursor, and holds every session of them against the projection. */
export async function checkRest(options: RestOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const list of LISTS) findings.push(await new ListCheck(list, options).run());
  return findings;
}

class ListCheck {
  private readonly finding: Finding;

  constructor(
    private readonly list: List,
    private readonly options: RestOptions,
  ) {
    this.finding = new Finding(list.name);
  }

  async run(): Promise<Finding> {
    const suspects = await this.walk();
    const { differences, moving } = await settle([...suspects], (ids) => this.look(ids));
    differences.forEach((one) => this.finding.add(one));
    this.finding.moving = moving;
    return this.finding;
  }

  /** The ids of what differs at the first look, what the list does not show among them. */
  private async walk(): Promise<Set<string>> {
    const { finding } = this;
    const { replica, progress } = this.options;
    await replica.advanceToHead();
    const missing = new Set(this.expectedIds());
    const suspects = new Set<string>();
    const about = missing.size;
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page: ListPage = await this.ask({ sort: 'created_at', ...(cursor && { cursor }) });
      await replica.advanceToHead();
      for (const session of page.sessions) {
        finding.compared += 1;
        missing.delete(session.id);
        if (this.difference(session.id, session, page.now)) suspects.add(session.id);
      }
      cursor = page.next;
      progress.at(this.list.name, finding.compared, about);
    }
    return new Set([...suspects, ...missing]);
  }

  private async look(ids: readonly string[]): Promise<Map<string, Sight>> {
    const { replica } = this.options;
    const sights = new Map<string, Sight>();
    for (let start = 0; start < ids.length; start += PER_PAGE) {
      const some = ids.slice(start, start + PER_PAGE);
      const { sessions, now, position, stale } = await this.ask({ ids: some.join() });
      await replica.advanceToHead();
      const told = new Map(sessions.map((session) => [session.id, session]));
      for (const id of some) {
        const settled = !stale && position !== null && replica.isKnownAt(id, position);
        sights.set(id, { difference: this.difference(id, told.get(id), now), settled });
      }
    }
    return sights;
  }

  private ask(more: Record<string, string>): Promise<ListPage> {
    const { path, parameters } = this.list;
    return this.options.rest.list(path, { ...parameters, ...more, limit: String(PER_PAGE) });
  }

  private expectedIds(): string[] {
    const open = this.options.replica.state.ofEachOpen(({ session }) => session);
    return open.filter(({ status }) => this.list.statuses.includes(status)).map(({ id }) => id);
  }

  private difference(id: string, told: RestSession | undefined, now: number): Difference | null {
    const where = `GET ${this.list.path}`;
    const expected = this.expected(id, now);
    if (!expected && !told) return null;
    if (!expected) return { kind: 'REST, too many', id, where, expected: NOTHING, found: versionOf(told) };
    if (!told) return { kind: 'REST, missing', id, where, expected: versionOf(expected), found: NOTHING };
    const differing = differingFields(expected, told);
    if (!differing) return null;
    const { names, ...rest } = differing;
    return { kind: 'REST', id, where: `${where} ${names.join(', ')}`, ...rest };
  }

  private expected(id: string, now: number): RestSession | undefined {
    const { replica, audience } = this.options;
    const input = replica.inputOf(id);
    if (!input || !this.list.statuses.includes(input.session.status)) return undefined;
    const { room_id: roomId } = input.session;
    const activeSessionId = roomId === null ? null : replica.state.activeIn(roomId);
    return presentSession({ ...input, activeSessionId }, audience, now);
  }
}

function versionOf(session: RestSession | undefined): string {
  return session ? `version ${session.version}` : NOTHING;
}
