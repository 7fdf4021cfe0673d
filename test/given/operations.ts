import type { INestApplicationContext } from '@nestjs/common';
import { Operations } from '#libs/service-host';

/** What operators are told of a service in this process: its metrics as text, and whether it is ready, and why not. */
export async function metricsOf(app: INestApplicationContext): Promise<string> {
  return (await app.get(Operations).answer('/metrics')).text;
}

export async function readinessOf(app: INestApplicationContext): Promise<{ status: number; text: string }> {
  return app.get(Operations).answer('/health/ready');
}
