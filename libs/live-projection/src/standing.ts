import type { Position } from '#libs/contracts';
import { type NodeInfo, infoOf, isFed } from '#libs/service-host';
import type Redis from 'ioredis';

/** Where the projection is, and which Redis process it was built in. */
export interface Standing extends Position {
  runId: string;
  /** Up to when it holds all that producers had said, as its writer says; null: nobody has said it. */
  freshAt: number | null;
  /** Redis' clock, epoch ms, of the same look. */
  now: number;
}

/** Rejects when the projection is not there, or is not the one that a living writer keeps. */
export async function readStanding(redis: Redis, meta: string): Promise<Standing> {
  const [[epoch, seq, ready, runId, freshAt], [seconds, micros], server, replication] = await Promise.all([
    redis.hmget(meta, 'epoch', 'seq', 'ready', 'run_id', 'fresh_at'),
    redis.time(),
    redis.info('server'),
    redis.info('replication'),
  ]);
  if (ready !== '1' || !epoch || !seq || !runId) throw new Error('the projection is not built');
  const doubt = doubtOf(runId, { ...infoOf(server), ...infoOf(replication) });
  if (doubt !== null) throw new Error(doubt);
  const now = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  return { epoch: Number(epoch), seq: Number(seq), runId, freshAt: freshAt ? Number(freshAt) : null, now };
}

/**
 * A master keeps what was built in this very process. A replica shows what its master keeps: then the run_id is the
 * master's. Its own run_id dates from the time when it was the master itself.
 */
function doubtOf(builtIn: string, info: NodeInfo): string | null {
  const isOwn = builtIn === info['run_id'];
  if (info['role'] === undefined || info['role'] === 'master') {
    return isOwn ? null : 'Redis was restarted or has failed over, and its projection is not rebuilt yet';
  }
  if (!isFed(info)) return 'Redis is a replica that its master does not feed';
  return isOwn ? 'Redis has become a replica, and its projection is not rebuilt yet' : null;
}
