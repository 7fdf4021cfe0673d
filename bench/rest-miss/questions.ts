import { idOf } from '../ingest/given-events';
import { BEGAN_EVERY_S, HOSTS, LIBRARIES, ROOMS } from '../rest/record-sql';

/** The most that page × limit may be. */
const DEEPEST = 10_000;

interface Ground {
  sessions: number;
  live: number;
  /** When the last session began, epoch ms. */
  nowMs: number;
}

type Kind = (n: number, ground: Ground) => Record<string, string | number>;

/** The page `n` of those that many sessions fill and that may be asked for, far apart from the one before. */
const page = (n: number, sessions: number, limit: number) =>
  1 + ((n * 37) % Math.max(1, Math.floor(Math.min(sessions, DEEPEST) / limit)));
const agoIso = (steps: number, { nowMs }: Ground) => new Date(nowMs - steps * BEGAN_EVERY_S * 1000).toISOString();

const KINDS: Kind[] = [
  (n, { sessions }) => ({ page: page(n, sessions, 20), limit: 20 }),
  (n, { sessions }) => ({ sort: 'started_at', page: page(n, sessions * 0.9, 20), limit: 20 }),
  (n, { sessions }) => ({ sort: 'created_at', order: 'asc', page: page(n, sessions, 50), limit: 50 }),
  (n, { sessions }) => ({ status: 'ended', page: page(n, sessions * 0.8, 10) }),
  (n, { sessions }) => ({ recording_enabled: 'true', mode: 'rtmp', page: page(n, sessions / 3, 20), limit: 20 }),
  (n, { live }) => ({ status: 'live', sort: 'viewer_count', page: page(n, live, 25), limit: 25 }),
  (n, { live }) => ({ status: 'live', min_viewers: 1 + n * 20, sort: 'viewer_count', page: page(n, live / 40, 20) }),
  (n) => ({ room_id: idOf(`room${1 + ((n * 7) % ROOMS)}`), limit: 100 }),
  (n) => ({ host_id: idOf(`host${1 + ((n * 7) % HOSTS)}`), sort: 'started_at', limit: 20 }),
  (n) => ({ library_id: idOf(`library${n % LIBRARIES}`), page: 1 + Math.floor(n / LIBRARIES), limit: 50 }),
  (n, ground) => ({
    started_after: agoIso((n + 2) * 300, ground),
    started_before: agoIso(n * 300, ground),
    sort: 'started_at',
    page: 1 + (n % 10),
  }),
  (n) => ({ q: `number ${1000 + n * 9}` }),
];

/** So many questions of all kinds in turn; no two are the same. `from`: past those that were asked before. */
export function questions(count: number, from: number, ground: Ground): string[] {
  return Array.from({ length: count }, (_, index) => {
    const n = from + index;
    const kind = KINDS[n % KINDS.length];
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(kind?.(Math.floor(n / KINDS.length), ground) ?? {})) {
      parameters.set(name, String(value));
    }
    return `/sessions?${parameters.toString()}`;
  });
}
