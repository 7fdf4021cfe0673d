import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Readiness } from './readiness';

/**
 * What anybody may know, for balancers. `/health/live`: the event loop turns. `/health/ready`: 200 only while every
 * dependency can be used, also if some only in part (`degraded`); which ones, and why, is told at OPERATIONS_PORT.
 */
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  live() {
    return { status: 'ok' };
  }

  @Get('ready')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const { ready, status } = await this.readiness.look();
    await reply
      .status(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status });
  }
}
