import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ProjectionChange, StoredCounts, StoredPreset, StoredSession } from '#libs/contracts';
import { ProjectionWriter } from '#libs/live-projection';
import { createService, readConfig } from '#libs/service-host';
import { appModule } from '../src/app.module';
import { gatewayConfig } from '../src/config';
import { prepare } from '../src/prepare';
import { SaidFresh } from '../../../test/given/said-fresh';

export const redisUrl = process.env['REDIS_URL'] ?? '';

/** A projection of its own in the shared Redis, written as the lifecycle service writes it, and said to be fresh. */
export class GivenProjection {
  readonly tag = `test-${randomBytes(6).toString('hex')}`;
  readonly writer: ProjectionWriter;
  readonly fresh: SaidFresh;
  readonly truth = new Map<string, StoredSession>();
  private readonly counts = new Map<string, StoredCounts>();
  private epoch = 1;

  constructor(url = redisUrl) {
    this.writer = new ProjectionWriter({ url, tag: this.tag });
    this.fresh = new SaidFresh(this.writer);
  }

  /** Loads everything into a new epoch. */
  async rebuild(): Promise<void> {
    const { truth, counts } = this;
    this.epoch += 1;
    await this.writer.rebuild(
      this.epoch,
      (async function* pages() {
        yield [...truth.values()].map((session) => asChange(session));
        yield [...counts].map(([id, value]): ProjectionChange => ({
          kind: 'counts',
          id,
          version: value.version,
          counts: value,
        }));
      })(),
    );
  }

  /** Starts or changes a session; what is not named stays, or is plain. */
  async session(index: number, fields: Partial<StoredSession> = {}): Promise<string> {
    const session = this.put(index, fields);
    await this.writer.put([asChange(session)]);
    return session.id;
  }

  async sessions(indices: readonly number[], fields: Partial<StoredSession> = {}): Promise<void> {
    await this.writer.put(indices.map((index) => asChange(this.put(index, fields))));
  }

  async count(index: number, viewers: number): Promise<void> {
    const id = idOf(index);
    const before = this.counts.get(id);
    const version = (before?.version ?? 0) + 1;
    const counts = {
      version,
      viewer_count: viewers,
      viewer_count_at: version,
      max_viewers: Math.max(before?.max_viewers ?? 0, viewers),
      max_viewers_at: version,
    };
    this.counts.set(id, counts);
    await this.writer.put([{ kind: 'counts', id, version, counts }]);
  }

  /** A preset whose counts only `counts:hidden` shows. */
  async hidingPreset(id: string): Promise<void> {
    const entity: StoredPreset = { viewer_count_visible: false };
    await this.writer.put([{ kind: 'preset', id, version: 1, entity }]);
  }

  async end(index: number, why: 'ended' | 'expired' | 'deleted' = 'ended'): Promise<void> {
    const id = idOf(index);
    const version = (this.truth.get(id)?.version ?? 0) + 1;
    this.truth.delete(id);
    await this.writer.put([{ kind: 'removed', id, version, why }]);
  }

  async close(): Promise<void> {
    await this.fresh.stop();
    await this.writer.close();
  }

  private put(index: number, fields: Partial<StoredSession>): StoredSession {
    const id = idOf(index);
    const before = this.truth.get(id) ?? plain(id, index);
    const session = { ...before, ...fields, version: before.version + 1 };
    this.truth.set(id, session);
    return session;
  }
}

export function idOf(index: number): string {
  return `a0000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
}

export interface GivenGateway {
  app: NestFastifyApplication;
  url: string;
  close(): Promise<void>;
}

/** A gateway that listens, on a free port unless one is given. */
export async function givenGateway(
  { tag }: Pick<GivenProjection, 'tag'>,
  env: Record<string, string> = {},
  port = 0,
): Promise<GivenGateway> {
  const config = readConfig(gatewayConfig, { REDIS_URL: redisUrl, REDIS_HASH_TAG: tag, LOG_LEVEL: 'silent', ...env });
  const app = await createService(appModule(config), { prepare });
  await app.listen(port, '127.0.0.1');
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= app.close());
  return { app, url: await app.getUrl(), close };
}

export async function untilReady({ url }: Pick<GivenGateway, 'url'>): Promise<void> {
  await eventually('it is ready', async () => (await fetch(`${url}/health/ready`)).ok);
}

/** Waits until `condition` gives something, or tells what it said last. */
export async function eventually<T>(
  what: string,
  condition: () => T | Promise<T>,
  limitMs = 60_000,
): Promise<Exclude<T, false | null | undefined>> {
  const end = Date.now() + limitMs;
  for (;;) {
    try {
      const value = await condition();
      if (value !== false && value !== undefined && value !== null)
        return value as Exclude<T, false | null | undefined>;
      if (Date.now() > end) throw new Error('it is not so');
    } catch (error) {
      if (Date.now() > end) throw new Error(`waited in vain until ${what}`, { cause: error });
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function asChange(session: StoredSession): ProjectionChange {
  return { kind: 'session', id: session.id, version: session.version, session };
}

function plain(id: string, index: number): StoredSession {
  const at = Date.UTC(2026, 0, 1) + index;
  return {
    id,
    version: 0,
    room_id: null,
    preset_id: null,
    title: `session ${index}`,
    description: null,
    status: 'live',
    health: 'ok',
    mode: 'webcam',
    started_at: at,
    ended_at: null,
    end_reason: null,
    scheduled_start_time: null,
    hls_url: null,
    recording_enabled: null,
    chat_enabled_override: null,
    stage_enabled_override: null,
    max_join_limit_override: null,
    counts_after: null,
    created_at: at,
    updated_at: at,
  };
}
