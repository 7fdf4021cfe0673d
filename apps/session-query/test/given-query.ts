import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createService, readConfig } from '#libs/service-host';
import { appModule } from '../src/app.module';
import { queryConfig } from '../src/config';
import { prepare } from '../src/prepare';
import type { GivenPlatform } from './given-platform';

export const API_KEY = 'a key for tests';

/** The query service in this process, listening on a port of its own, on a platform. */
export class GivenQuery {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
  ) {}

  static async on(
    platform: Pick<GivenPlatform, 'databaseUrl' | 'redisUrl' | 'name'>,
    env: Record<string, string> = {},
    { board, requestLimitMs }: { board?: string; requestLimitMs?: number } = {},
  ): Promise<GivenQuery> {
    const config = readConfig(queryConfig, {
      LOG_LEVEL: 'silent',
      DATABASE_URL: platform.databaseUrl,
      REDIS_URL: platform.redisUrl,
      REDIS_HASH_TAG: platform.name,
      API_KEY,
      ...env,
    });
    const app = await createService(appModule(config), {
      prepare: (made) => prepare(made, board),
      ...(requestLimitMs && { requestLimitMs }),
    });
    await app.listen(0, '127.0.0.1');
    return new GivenQuery(app, await app.getUrl());
  }

  async close(): Promise<void> {
    await this.app.close();
  }

  /** What it answers to a GET, or to another method. */
  async ask(path: string, init: RequestInit = {}) {
    const answer = await fetch(`${this.url}${path}`, init);
    const text = await answer.text();
    const isJson = text !== '' && answer.headers.get('content-type')?.startsWith('application/json') === true;
    return { status: answer.status, headers: answer.headers, text, body: isJson ? (JSON.parse(text) as Body) : {} };
  }
}

interface Body {
  success?: boolean;
  /** Of its health. */
  status?: string;
  data?: {
    sessions?: Row[];
    total?: number;
    page?: number;
    limit?: number;
    next_cursor?: string | null;
    [key: string]: unknown;
  };
  code?: string;
  error?: string;
  details?: { parameter: string; message: string }[];
  timestamp?: number;
  stale?: boolean;
  fresh_at?: string | null;
}

export interface Row {
  id: string;
  title: string;
  status: string;
  version: number;
  viewer_count: number | null;
  max_viewers: number | null;
  room: { host: Record<string, unknown> | null; [key: string]: unknown } | null;
  [key: string]: unknown;
}
