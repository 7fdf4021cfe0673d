import { replaceMethod } from './mend';

interface Change {
  kind: string;
  id: string;
  version: number;
  session?: object;
}

interface Writer {
  redis: {
    hget: (key: string, field: string) => Promise<string | null>;
    hset: (key: string, field: string, value: string) => Promise<unknown>;
  };
  keys: { meta: string; prefix: string };
}

/** Now and then a session is written into Redis past its log. */
replaceMethod(
  'libs/live-projection/src/projection-writer.js',
  'ProjectionWriter',
  'put',
  (original) =>
    async function (...given) {
      const [changes, ...rest] = given as unknown as [Change[], ...unknown[]];
      const { redis, keys } = this as Writer;
      const past = changes.filter(({ kind }) => kind === 'session' && Math.random() < 0.1);
      const epoch = await redis.hget(keys.meta, 'epoch');
      for (const { id, version, session } of past) {
        await redis.hset(`${keys.prefix}${epoch}:sessions`, id, `${version} ${JSON.stringify(session)}`);
      }
      return original.apply(this, [changes.filter((one) => !past.includes(one)), ...rest] as never[]);
    },
);
