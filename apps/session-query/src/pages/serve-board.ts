import { sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Its name changes with its contents: it is never asked for again. */
const FOR_GOOD = 'public, max-age=31536000, immutable';
/** Asked for each time, and answered with 304 while it is the same. */
const EACH_TIME = 'no-cache';

/** Serves the built board's files, in the compressed form that stands beside each; its pages are the controller's. */
export async function serveBoard(app: NestFastifyApplication, directory: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: directory,
    wildcard: false,
    index: false,
    globIgnore: ['*.html', '**/*.{br,gz}'],
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      void reply.header('cache-control', path.includes(`${sep}assets${sep}`) ? FOR_GOOD : EACH_TIME);
    },
  });
}
