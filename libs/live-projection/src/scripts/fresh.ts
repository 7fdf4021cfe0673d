import { RedisScript } from '#libs/service-host';
import { RUN_ID } from './rebuild';

/**
 * KEYS[1] meta; ARGV[1] epoch, [2] fresh_at (epoch ms), or '' to ask only
 * Says up to when everything that producers have said is in this epoch. It never falls, unless what is written lies in the
 * future: then Redis' clock went back. Gives { fresh_at, or -1, Redis' clock in epoch ms }, or FENCED: this Redis does not
 * hold that epoch.
 */
export const FRESH = new RedisScript(`
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'ready', 'run_id', 'fresh_at')
local time, given = redis.call('TIME'), tonumber(ARGV[2])
local now, known = time[1] * 1000 + math.floor(time[2] / 1000), tonumber(meta[4])
if meta[1] ~= ARGV[1] or meta[2] ~= '1' or meta[3] ~= ${RUN_ID} then
  return redis.error_reply('FENCED another epoch is current')
end
if known and known > now then known = nil end
if given and (not known or known < given) then
  known = math.min(given, now)
  redis.call('HSET', KEYS[1], 'fresh_at', string.format('%.0f', known))
end
return { known or -1, now }
`);
