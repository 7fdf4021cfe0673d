import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Metrics } from '../metrics';
import { Readiness } from '../readiness';
import { listenError } from './listen-error';

export interface OperationsAnswer {
  status: number;
  type: string;
  text: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const PATHS = ['/metrics', '/health/ready', '/health/live'];

/**
 * What the operators of a process ask it, on a port of its own that the public does not reach: `/metrics` for
 * Prometheus, and `/health/ready` with every dependency and what is wrong with it. It answers until the process ends.
 */
@Injectable()
export class Operations implements OnApplicationShutdown {
  private server: Server | undefined;

  constructor(
    private readonly metrics: Metrics,
    private readonly readiness: Readiness,
  ) {}

  /** Rejects with an error that names the variable when it cannot listen there. */
  async listen(port: number, host: string): Promise<void> {
    const server = createServer((request, response) => void this.serve(request, response));
    server.listen(port, host);
    try {
      await once(server, 'listening');
    } catch (error) {
      throw listenError('OPERATIONS_PORT', port, host, error);
    }
    this.server = server;
  }

  /** The port that it listens on; undefined while it does not. */
  get port(): number | undefined {
    return (this.server?.address() as AddressInfo | null | undefined)?.port;
  }

  async answer(path: string): Promise<OperationsAnswer> {
    if (path === '/metrics') return this.showMetrics();
    if (path === '/health/ready') return this.showReadiness();
    if (path === '/health/live') return { status: 200, type: JSON_TYPE, text: JSON.stringify({ status: 'ok' }) };
    const text = JSON.stringify({ error: `there is nothing here but ${PATHS.join(', ')}` });
    return { status: 404, type: JSON_TYPE, text };
  }

  async onApplicationShutdown(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  private async serve({ method, url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
    const { status, type, text } = await this.answer(url.split('?')[0] ?? '').catch(failed);
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(method === 'HEAD' ? undefined : text);
  }

  private async showMetrics(): Promise<OperationsAnswer> {
    const { registry } = this.metrics;
    return { status: 200, type: registry.contentType, text: await registry.metrics() };
  }

  private async showReadiness(): Promise<OperationsAnswer> {
    const { ready, status, checks } = await this.readiness.look();
    const text = JSON.stringify({ status, checks });
    return { status: ready ? 200 : 503, type: JSON_TYPE, text };
  }
}

/** Operators may see what went wrong. */
function failed(error: unknown): OperationsAnswer {
  return { status: 500, type: JSON_TYPE, text: JSON.stringify({ error: String(error) }) };
}
