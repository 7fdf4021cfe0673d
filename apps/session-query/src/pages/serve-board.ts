import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Its name changes with its contents: it is never asked for again. */
const FOR_GOOD = 'public, max-age=31536000, immutable';
/** Asked for each time, and answered with 304 while it is the same. */
const EACH_TIME = 'no-cache';

/**
 * Serves the built board's files, in the compressed form that stands beside each; its pages are the controller's. Assets
 * are looked for when they are asked for: a later build has others.
 */
export async function serveBoard(app: NestFastifyApplication, directory: string): Promise<void> {
  const files = { index: false, preCompressed: true, cacheControl: false } as const;
  await app.register(fastifyStatic, {
    ...files,
    root: directory,
    wildcard: false,
    globIgnore: ['*.html', 'assets/**', '**/*.{br,gz}'],
    setHeaders: (reply) => void reply.header('cache-control', EACH_TIME),
  });
  await app.register(fastifyStatic, {
    ...files,
    root: join(directory, 'assets'),
    prefix: '/assets/',
    decorateReply: false,
    allowedPath: (path) => !/\.(?:br|gz)$/.test(path),
    setHeaders: (reply) => void reply.header('cache-control', FOR_GOOD),
  });
}
