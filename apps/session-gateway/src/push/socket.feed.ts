import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { LiveFeed, type LiveFeedOptions } from '#libs/live-feed';
import { measureFreshness } from '#libs/live-projection';
import { Metrics, Readiness } from '#libs/service-host';
import { PinoLogger } from 'nestjs-pino';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config';
import type { LiveSocket } from './live-socket';
import { GatewayMetrics } from './gateway.metrics';
import { SocketOutlet } from './socket.outlet';

const VIEWS = { list: 2000, text: 500 };
const VIEWS_PER_SOCKET = 32;
const WATCHED_IN_ALL = 1_000_000;
const WAITING_IN_ALL = 20_000;

/** The live list, pushed to sockets. */
@Injectable()
export class SocketFeed extends LiveFeed<LiveSocket> implements OnModuleInit {
  constructor(
    @Inject(GATEWAY_CONFIG) config: GatewayConfig,
    outlet: SocketOutlet,
    readiness: Readiness,
    { turns }: GatewayMetrics,
    { registry }: Metrics,
    log: PinoLogger,
  ) {
    const redis = { url: config.REDIS_URL, tag: config.REDIS_HASH_TAG };
    super({ redis, outlet, limits: limitsOf(config), log, turns });
    readiness.add('projection', () => this.facts());
    measureFreshness(registry, () => this.freshness);
  }

  onModuleInit(): void {
    this.start();
  }
}

function limitsOf(config: GatewayConfig): LiveFeedOptions<LiveSocket>['limits'] {
  const { WATCHES_PER_ADDRESS: watched, WAITING_PER_ADDRESS: waiting } = config;
  return {
    views: VIEWS,
    viewsPerListener: VIEWS_PER_SOCKET,
    viewsPerAddress: { list: config.VIEWS_PER_ADDRESS, text: config.TEXT_VIEWS_PER_ADDRESS },
    watched: { perAddress: watched, inAll: Math.max(WATCHED_IN_ALL, watched) },
    waiting: { perAddress: waiting, inAll: Math.max(WAITING_IN_ALL, waiting) },
  };
}
