import { randomBytes } from 'node:crypto';
import type { Card, Position, ProjectionChange, StoredCounts, StoredSession } from '#libs/contracts';
import { ProjectionWriter } from '#libs/live-projection';
import { PUBLIC, presentCard } from '#libs/session';
import Redis from 'ioredis';
import { SaidFresh } from '../../test/given/said-fresh';
import { idOf } from '../ingest/given-events';

/** Sessions are counted from 1; the later one began the greater its number. */
const BEGAN_MS = Date.UTC(2026, 0, 1);

/** A projection of its own that a bench moves, written as the lifecycle service writes it; it knows what it holds. */
export class MovingList {
  readonly tag = `bench-${randomBytes(6).toString('hex')}`;
  private readonly writer: ProjectionWriter;
  private readonly fresh: SaidFresh;
  private readonly sessions = new Map<number, StoredSession>();
  private readonly counts = new Map<number, StoredCounts>();
  private pending: ProjectionChange[] = [];
  private versions = 1;

  constructor(private readonly redisUrl: string) {
    this.writer = new ProjectionWriter({ url: redisUrl, tag: this.tag });
    this.fresh = new SaidFresh(this.writer);
  }

  /** Loads so many live sessions, each with a count. */
  async load(sessions: number): Promise<void> {
    for (let n = 1; n <= sessions; n += 1) {
      this.start(n);
      this.count(n, n % 900);
    }
    const changes = this.pending;
    this.pending = [];
    await this.writer.rebuild(
      1,
      (async function* pages() {
        for (let at = 0; at < changes.length; at += 2000) yield changes.slice(at, at + 2000);
      })(),
    );
  }

  start(n: number): void {
    this.put(n, plainSession(n));
  }

  edit(n: number, title: string): void {
    this.put(n, { ...(this.sessions.get(n) ?? plainSession(n)), title });
  }

  end(n: number): void {
    this.sessions.delete(n);
    this.versions += 1;
    this.pending.push({ kind: 'removed', id: sessionId(n), version: this.versions, why: 'ended' });
  }

  count(n: number, viewers: number): void {
    this.versions += 1;
    const id = sessionId(n);
    const version = this.versions;
    const peak = Math.max(this.counts.get(n)?.max_viewers ?? 0, viewers);
    const counts = {
      version,
      viewer_count: viewers,
      viewer_count_at: version,
      max_viewers: peak,
      max_viewers_at: version,
    };
    this.counts.set(n, counts);
    this.pending.push({ kind: 'counts', id, version, counts });
  }

  /** What was done since the last call goes to Redis, as one batch. */
  async write(): Promise<Position | null> {
    const changes = this.pending;
    this.pending = [];
    return (await this.writer.put(changes)).position;
  }

  /** As everybody must see it now, the latest start first. */
  cards(limit: number): { total: number; cards: Card[] } {
    const latest = [...this.sessions.keys()].sort((a, b) => b - a).slice(0, limit);
    return { total: this.sessions.size, cards: latest.map((n) => this.card(n)) };
  }

  /** One of them. */
  card(n: number): Card {
    const session = this.sessions.get(n) ?? plainSession(n);
    const counts = this.counts.get(n) ?? null;
    return presentCard({ session, counts, room: null, host: null, preset: null }, PUBLIC);
  }

  /** Removes all of it. */
  async close(): Promise<void> {
    await this.fresh.stop();
    await this.writer.close();
    const redis = new Redis(this.redisUrl);
    const keys = await redis.keys(`{${this.tag}}:*`);
    if (keys.length > 0) await redis.unlink(...keys);
    redis.disconnect();
  }

  private put(n: number, session: StoredSession): void {
    this.versions += 1;
    const { versions: version } = this;
    this.sessions.set(n, { ...session, version });
    this.pending.push({ kind: 'session', id: session.id, version, session: { ...session, version } });
  }
}

/** Of session `n`, the same in every bench. */
export const sessionId = (n: number) => idOf(`session${n}`);

/** Live, and in no room. */
export function plainSession(n: number): StoredSession {
  const at = BEGAN_MS + n * 1000;
  return {
    id: sessionId(n),
    version: 0,
    room_id: null,
    preset_id: null,
    title: `A session about something, number ${n}`,
    description: 'What it is about, in one more line of text',
    status: 'live',
    health: 'ok',
    mode: 'rtmp',
    started_at: at,
    ended_at: null,
    end_reason: null,
    scheduled_start_time: null,
    hls_url: `https://cdn.example.org/live/${n}/index.m3u8`,
    recording_enabled: null,
    chat_enabled_override: null,
    stage_enabled_override: null,
    max_join_limit_override: null,
    counts_after: null,
    created_at: at,
    updated_at: at,
  };
}
