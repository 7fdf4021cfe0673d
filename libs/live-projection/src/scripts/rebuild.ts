import { RedisScript } from '#libs/service-host';

export const RUN_ID = `string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')`;
const STATE = `{ 'sessions', 'counts', 'rooms', 'hosts', 'presets', 'removed', 'removed-at' }`;

/**
 * KEYS[1] meta, KEYS[2] lock; ARGV[1] epoch, [2] lock time in ms, [3] '1' when the current epoch cannot be trusted
 * Begins a rebuild, if nobody else is at it: writes go into the new epoch from here on. Those that carry a moment are
 * refused until READ says when the load begins to read. Gives 1, 0 when it is taken, or OLD. A key of another type is damage and goes; a lock that never lapses is none.
 */
export const BEGIN = new RedisScript(`
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then redis.call('DEL', KEYS[1]) end
if redis.call('PTTL', KEYS[2]) == -1 then redis.call('DEL', KEYS[2]) end
if not redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return 0 end
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'building')
if tonumber(ARGV[1]) <= math.max(tonumber(meta[1] or -1) or -1, tonumber(meta[2] or -1) or -1) then
  redis.call('DEL', KEYS[2])
  return redis.error_reply('OLD there was a greater epoch')
end
redis.call('HDEL', KEYS[1], 'building_read_after')
redis.call('HSET', KEYS[1], 'building', ARGV[1], 'building_run_id', ${RUN_ID})
if ARGV[3] == '1' then redis.call('HDEL', KEYS[1], 'ready') end
return 1
`);

/**
 * KEYS[1] meta; ARGV[1] epoch, [2] moment
 * The load of an epoch begins to read, after this moment. Gives 1, or FENCED: the rebuild is not wanted any more.
 */
export const READ = new RedisScript(`
if redis.call('HGET', KEYS[1], 'building') ~= ARGV[1] then
  return redis.error_reply('FENCED the rebuild is not wanted any more')
end
redis.call('HSET', KEYS[1], 'building_read_after', ARGV[2])
return 1
`);

/**
 * KEYS[1] meta, KEYS[2] lock; ARGV[1] key prefix, [2] epoch, [3] '1' when the record may have gone back
 * Switches readers to the rebuilt epoch; the old log's last entry sends them. \`fresh_at\` stays where the new epoch holds
 * all that the one before was told. Gives the counts of sessions, or FENCED: another rebuild began, or Redis was
 * restarted meanwhile and may have lost a part of this one.
 */
export const SWITCH = new RedisScript(`
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'building', 'building_run_id', 'building_read_after')
local run_id, base = ${RUN_ID}, ARGV[1] .. ARGV[2] .. ':'
if meta[2] ~= ARGV[2] or meta[3] ~= run_id then return redis.error_reply('FENCED the rebuild is not wanted any more') end
redis.call('HDEL', KEYS[1], 'building', 'building_run_id', 'building_read_after', 'entry_bytes')
redis.call('DEL', KEYS[2])
if ARGV[3] == '1' then redis.call('HDEL', KEYS[1], 'fresh_at') end
local count = redis.call('HLEN', base .. 'sessions')
redis.call('HSET', KEYS[1], 'epoch', ARGV[2], 'seq', 0, 'ready', 1, 'run_id', run_id, 'read_after', meta[4] or 0, 'count', count,
  'counts', redis.call('HLEN', base .. 'counts'), 'rooms', redis.call('HLEN', base .. 'rooms'),
  'hosts', redis.call('HLEN', base .. 'hosts'), 'presets', redis.call('HLEN', base .. 'presets'))
if not meta[1] then return count end
local old = ARGV[1] .. meta[1] .. ':'
for _, name in ipairs(${STATE}) do redis.call('UNLINK', old .. name) end
if redis.call('TYPE', old .. 'log').ok ~= 'stream' then redis.call('UNLINK', old .. 'log') end
redis.call('XADD', old .. 'log', '*', 'moved', ARGV[2])
redis.call('PEXPIRE', old .. 'log', 60000)
return count
`);

/**
 * KEYS[1] meta, KEYS[2] lock; ARGV[1] key prefix, [2] epoch
 * Ends a rebuild that will not be switched in, and forgets what it loaded; leaves alone what became current.
 */
export const ABANDON = new RedisScript(`
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'building')
if meta[1] == ARGV[2] then return 0 end
if meta[2] == ARGV[2] then
  redis.call('HDEL', KEYS[1], 'building', 'building_run_id', 'building_read_after')
  redis.call('DEL', KEYS[2])
end
for _, name in ipairs(${STATE}) do redis.call('UNLINK', ARGV[1] .. ARGV[2] .. ':' .. name) end
redis.call('UNLINK', ARGV[1] .. ARGV[2] .. ':log')
return 1
`);
