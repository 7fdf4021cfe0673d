import type { Card, ViewQuery } from '#libs/contracts';
import { saysAll, searchTerms, searchText } from '#libs/session';
import type { AudienceName, LiveInput, Presentation } from '../../src/index';
import type { Contents } from './projection';

/** What a client asks for: a list, or these sessions. */
export type Wish = { list: ViewQuery } | { watch: string[] };

/** Shown numbers, written apart: drop all digits after the third. */
export function shownNumber(count: number): number {
  const digits = String(count);
  return Number(digits.slice(0, 3).padEnd(digits.length, '0'));
}

function visible({ session, counts, preset }: Omit<LiveInput, 'room' | 'host'>, audience: AudienceName) {
  const hidden =
    session.preset_id !== null && preset?.viewer_count_visible !== true && preset?.viewer_count_visible !== null;
  if (hidden && audience === 'public') return { viewer_count: null, max_viewers: null };
  const viewer_count = session.status === 'live' ? (counts?.viewer_count ?? null) : null;
  return { viewer_count, max_viewers: counts?.max_viewers ?? null };
}

const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

/** A presentation of its own, as plain as can be. */
export const presentation: Presentation = {
  shown: shownNumber,
  counts: visible,
  card: (input, audience): Card => ({
    id: input.session.id,
    room_id: input.session.room_id,
    title: input.session.title,
    status: input.session.status === 'live' ? 'live' : 'scheduled',
    mode: input.session.mode,
    host_username: input.host?.username ?? null,
    room_title: input.room?.title ?? null,
    started_at: time(input.session.started_at),
    scheduled_start_time: time(input.session.scheduled_start_time),
    ...visible(input, audience),
    hls_url: input.session.hls_url,
    health: input.session.health,
    version: input.session.version,
  }),
};

function inputsOf(contents: Contents): LiveInput[] {
  return [...contents.sessions.values()].map((session) => {
    const room = contents.rooms.get(session.room_id ?? '')?.entity;
    const host = contents.hosts.get(room?.host_id ?? '')?.entity;
    const preset = contents.presets.get(session.preset_id ?? '')?.entity;
    return {
      session,
      counts: contents.counts.get(session.id) ?? null,
      room: room ? { ...room, id: session.room_id ?? '' } : null,
      host: host ? { ...host, id: room?.host_id ?? '' } : null,
      preset: preset ? { ...preset, id: session.preset_id ?? '' } : null,
      activeSessionId: null,
    };
  });
}

/** All that a wish matches at these contents, as this audience is shown it, in order. */
export function wanted(contents: Contents, wish: Wish, audience: AudienceName): Card[] {
  const inputs = inputsOf(contents);
  if ('watch' in wish) {
    const open = inputs.filter(({ session }) => wish.watch.includes(session.id));
    return open.map((input) => presentation.card(input, audience)).sort((a, b) => (a.id < b.id ? -1 : 1));
  }
  const { list: query } = wish;
  const shown = inputs
    .filter((input) => matches(input, query, audience))
    .map((input) => ({ input, card: withShownCounts(presentation.card(input, audience)) }));
  const sort = query.sort ?? 'started_at';
  const sign = (query.order ?? 'desc') === 'desc' ? -1 : 1;
  return shown
    .map(({ card }) => card)
    .sort((a, b) => {
      const [left, right] = [a[sort], b[sort]];
      if (left === right) return a.id < b.id ? -1 : 1;
      if (left === null) return 1;
      if (right === null) return -1;
      return left < right ? -sign : sign;
    });
}

function withShownCounts(card: Card): Card {
  const shown = (count: number | null) => (count === null ? null : shownNumber(count));
  return { ...card, viewer_count: shown(card.viewer_count), max_viewers: shown(card.max_viewers) };
}

function matches(input: LiveInput, query: ViewQuery, audience: AudienceName): boolean {
  const { session, room, host } = input;
  if (!(query.status ?? ['live']).includes(session.status)) return false;
  if (query.mode && !query.mode.some((mode) => mode === session.mode)) return false;
  if (query.room_id && !query.room_id.includes(session.room_id ?? '')) return false;
  if (query.host_id && !query.host_id.includes(room?.host_id ?? '')) return false;
  if (query.library_id && !query.library_id.includes(room?.library_id ?? '')) return false;
  if (query.ids && !query.ids.includes(session.id)) return false;
  const text = searchText([session.title, session.description, room?.title, host?.username]);
  if (query.q && !saysAll(text, searchTerms(query.q))) return false;
  return query.min_viewers === undefined || (visible(input, audience).viewer_count ?? -1) >= query.min_viewers;
}
