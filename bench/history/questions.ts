import { idOf } from '../ingest/given-events';
import { HOSTS, LIBRARIES, ORGANIZATIONS, ROOMS } from './history-sql';
import { OCCASIONAL_WORDS, RARE_WORDS, SELDOM_WORDS } from './titles';

export type Parameters = Record<string, string>;

/** One question in several forms, so that no answer was given before. */
export interface Question {
  name: string;
  /** The `n`th form of it. */
  form: (n: number) => Parameters;
  /** So many pages are walked by cursor; else one page is asked for. */
  pages?: number;
}

const WALKED_PAGES = 50;
const DAY_MS = 86_400_000;

const STATUSES = ['', 'live', 'scheduled', 'ended', 'expired', 'live,ended', 'scheduled,expired'];
const SORTS = ['', 'created_at', 'started_at', 'scheduled_start_time'];
const SORTS_OF_WHAT_IS_OPEN = ['viewer_count', 'max_viewers', 'duration'];

const daysAgo = (days: number) => new Date(Math.floor(Date.now() / 1000) * 1000 - days * DAY_MS).toISOString();
const ids = (kind: string, from: number, count: number) =>
  Array.from({ length: count }, (_, n) => idOf(`${kind}${from + n}`)).join(',');
const smallRoom = (n: number) => idOf(`room${ROOMS - 50 - n}`);
const largeRoom = (n: number) => idOf(`room${1 + (n % 3)}`);

/** Every question of docs/rest-questions.md that an index or memory answers. */
export const QUESTIONS: Question[] = [
  ...STATUSES.flatMap((status) =>
    SORTS.flatMap((sort) => ['desc', 'asc'].map((order) => page({ status, sort, order }))),
  ),
  ...['', 'ended'].flatMap((status) => SORTS.map((sort) => deepPage({ status, sort }))),
  ...['live', 'live,scheduled'].flatMap((status) => SORTS_OF_WHAT_IS_OPEN.map((sort) => page({ status, sort }))),
  page({ status: 'live', mode: 'webcam', recording_enabled: 'true', sort: 'viewer_count' }),
  page({ min_viewers: '1' }),
  page({ min_viewers: '1000', sort: 'duration' }),
  page({ status: 'live', q: 'show', sort: 'viewer_count' }),
  page({ sort: 'viewer_count' }),
  page({ mode: 'webcam' }),
  page({ recording_enabled: 'true', sort: 'created_at' }),
  page({ min_viewers: '0' }),
  one('started_after, sort=started_at', (n) => ({ started_after: daysAgo(30 + n), sort: 'started_at', order: 'asc' })),
  one('started_before, status=ended, sort=started_at', (n) => ({
    started_before: daysAgo(30 + n),
    status: 'ended',
    sort: 'started_at',
  })),
  one('one small room', (n) => ({ room_id: smallRoom(n) })),
  one('one small room, status=ended', (n) => ({ room_id: smallRoom(n), status: 'ended' })),
  one('one large room', (n) => ({ room_id: largeRoom(n), limit: String(10 + n) })),
  one('one large room, asc', (n) => ({ room_id: largeRoom(n), limit: String(10 + n), order: 'asc' })),
  one('one large room, deep page', (n) => ({ room_id: largeRoom(0), limit: '100', page: String(100 - n) })),
  one('three rooms', (n) => ({ room_id: ids('room', 1 + n, 3) })),
  one('host', (n) => ({ host_id: idOf(`host${1 + ((n * 7) % HOSTS)}`) })),
  one('library', (n) => ({ library_id: idOf(`library${n % LIBRARIES}`) })),
  one('library, status=ended', (n) => ({ library_id: idOf(`library${n % LIBRARIES}`), status: 'ended' })),
  one('organization', (n) => ({ organization_id: idOf(`organization${n % ORGANIZATIONS}`) })),
  one('ids, sort=duration', (n) => ({ ids: ids('session', 50 * n + 1, 50), sort: 'duration', limit: '50' })),
  one('q: a rare word', (n) => ({ q: RARE_WORDS[n % RARE_WORDS.length] ?? '' })),
  one('q: a word that nothing says', (n) => ({ q: `zzxqj${n}` })),
  one('q: a word of 200 in a million', (n) => ({ q: SELDOM_WORDS[n % SELDOM_WORDS.length] ?? '' })),
  one('q: a word of 800 in a million', (n) => ({ q: OCCASIONAL_WORDS[n % OCCASIONAL_WORDS.length] ?? '' })),
  one('q: a common and a rare word', (n) => ({ q: `show ${RARE_WORDS[n % RARE_WORDS.length]}` })),
  one('q: a common word', (n) => ({
    q: ['show', 'live', 'with', 'mit', 'music', 'yoga', 'café', 'эфир'][n % 8] ?? '',
  })),
  one('q: two common words', (n) => ({ q: `show ${['live', 'with', 'mit', 'music', 'yoga', 'café', 'эфир'][n % 7]}` })),
  one('q: one character', (n) => ({ q: 'abdefgk'[n % 7] ?? '' })),
  one('q: two characters', (n) => ({ q: ['ka', 'mo', 'te', 'sa', 'vi', 'sh', 'li'][n % 7] ?? '' })),
  one('q: other scripts and signs', (n) => ({
    q: ['прямой', '東京', '🎉', 'ÑAN', 'ночь', 'ελλάδα', 'ライブ'][n % 7] ?? '',
  })),
  one('q: a common word, sort=created_at', (n) => ({
    q: ['show', 'live', 'with', 'mit', 'music', 'yoga', 'café'][n % 7] ?? '',
    sort: 'created_at',
  })),
  one('q: a common word in one large room', (n) => ({ q: 'show', room_id: largeRoom(n), limit: String(10 + n) })),
  one('q: a common word in one small room, sort=duration', (n) => ({
    q: 'show',
    room_id: smallRoom(n),
    sort: 'duration',
  })),
  one('q: a word of a room', (n) => ({ q: `${9000 + n}` })),
  one('q: a word of a host', (n) => ({ q: `host-${12_345 + n}` })),
  walk('walk, sort=created_at', { sort: 'created_at' }),
  walk('walk', {}),
  walk('walk, status=ended, sort=started_at', { status: 'ended', sort: 'started_at' }),
  walk('walk, status=live, sort=viewer_count', { status: 'live', sort: 'viewer_count' }),
  walk('walk, one large room', { room_id: largeRoom(0) }),
  walk('walk, q: a word of 200 in a million', { q: SELDOM_WORDS[0] ?? '' }),
  walk('walk, q: a common word, sort=created_at', { q: 'show', sort: 'created_at' }),
];

/** The first page; each form of it is a row longer. */
function page(parameters: Parameters): Question {
  const given = without(parameters);
  return one(nameOf(given), (n) => ({ ...given, limit: String(10 + n) }));
}

function deepPage(parameters: Parameters): Question {
  const given = without(parameters);
  return one(`${nameOf(given)}, deep page`, (n) => ({ ...given, limit: '100', page: String(100 - n) }));
}

function walk(name: string, parameters: Parameters): Question {
  return { name, form: (n) => ({ ...parameters, limit: String(20 + n) }), pages: WALKED_PAGES };
}

function one(name: string, form: (n: number) => Parameters): Question {
  return { name, form };
}

function without(parameters: Parameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== ''));
}

function nameOf(parameters: Parameters): string {
  const said = Object.entries(parameters).map(([name, value]) => (name === 'order' ? value : `${name}=${value}`));
  return said.join(' ') || 'no filter';
}
