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

/**
 * Now and then what is new about a session is written into Redis past its log. Of sessions that Redis has: one too many is
 * noticed by its number, and all is built anew.
 */
replaceMethod(
  'libs/live-projection/src/projection-writer.js',
  'ProjectionWriter',
  'put',
  (original) =>
    async function (...given) {
      const [changes, ...rest] = given as unknown as [Change[], ...unknown[]];
      const { redis, keys } = this as Writer;
      const sessions = `${keys.prefix}${await redis.hget(keys.meta, 'epoch')}:sessions`;
      const past = new Set<Change>();
      for (const change of changes) {
        const { kind, id, version, session } = change;
        if (kind !== 'session' || Math.random() > 0.1 || (await redis.hget(sessions, id)) === null) continue;
        await redis.hset(sessions, id, `${version} ${JSON.stringify(session)}`);
        past.add(change);
      }
      return original.apply(this, [changes.filter((one) => !past.has(one)), ...rest] as never[]);
    },
);
