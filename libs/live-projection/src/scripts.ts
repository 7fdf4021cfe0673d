/**
 * Each multi-step write is one script: all of it happens or nothing. Versions are compared as numbers, bodies are never
 * read.
 */

/**
 * KEYS[1] meta
 * ARGV[1] key prefix, ARGV[2] now (epoch ms), ARGV[3] log length, ARGV[4] epoch that is being loaded, or ''
 * ARGV[5..] changes of four: kind, id, version, body
 *
 * A write goes into the current epoch, with a log entry, and into one that is being rebuilt, without; a load only into
 * the one that it names. Gives { epoch, seq, effective changes }, or an error: LOST (nothing to write to), MOVED (the
 * epoch being loaded is not wanted any more).
 */
export const WRITE = `
local prefix, now, maxlen, loading = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'ready', 'building')
local epoch, seq, ready, building = meta[1], tonumber(meta[2] or 0), meta[3], meta[4]
local hashes = { s = 'sessions', c = 'counts', r = 'rooms', h = 'hosts', p = 'presets' }

local function stored_version(key, id)
  local stored = redis.call('HGET', key, id)
  if not stored then return -1 end
  return tonumber(string.match(stored, '^%d+')) or -1
end

local function apply(target, effective)
  local base = prefix .. target .. ':'
  for at = 5, #ARGV, 4 do
    local kind, id, version, body = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
    local number, changed = tonumber(version), false
    if kind == 'x' then
      if number > stored_version(base .. 'removed', id) then
        redis.call('HSET', base .. 'removed', id, version)
        redis.call('ZADD', base .. 'removed-at', now, id)
      end
      if number >= stored_version(base .. 'sessions', id) then
        changed = redis.call('HDEL', base .. 'sessions', id) == 1
        redis.call('HDEL', base .. 'counts', id)
      end
    elseif number > stored_version(base .. hashes[kind], id)
      and (kind ~= 's' or number > stored_version(base .. 'removed', id)) then
      redis.call('HSET', base .. hashes[kind], id, version .. ' ' .. body)
      changed = true
    end
    if changed and effective then
      effective[#effective + 1] = kind .. ' ' .. id .. ' ' .. version
      effective[#effective + 1] = body
    end
  end
end

if loading ~= '' then
  if building ~= loading then return redis.error_reply('MOVED') end
  apply(loading, nil)
  redis.call('PEXPIRE', prefix .. 'rebuild-lock', 15000)
  return { tonumber(loading), 0, 0 }
end
if not ready and not building then return redis.error_reply('LOST') end
if building then apply(building, nil) end
if not ready then return { tonumber(building), 0, 0 } end

local effective = {}
apply(epoch, effective)
if #effective > 0 then
  seq = seq + 1
  redis.call('HSET', KEYS[1], 'seq', seq, 'count', redis.call('HLEN', prefix .. epoch .. ':sessions'))
  redis.call('XADD', prefix .. epoch .. ':log', 'MAXLEN', '~', maxlen, seq .. '-0', unpack(effective))
end
local forgotten = redis.call('ZRANGEBYSCORE', prefix .. epoch .. ':removed-at', '-inf', now - 3600000, 'LIMIT', 0, 100)
if #forgotten > 0 then
  redis.call('HDEL', prefix .. epoch .. ':removed', unpack(forgotten))
  redis.call('ZREM', prefix .. epoch .. ':removed-at', unpack(forgotten))
end
return { tonumber(epoch), seq, #effective / 2 }
`;

/**
 * KEYS[1] meta, KEYS[2] lock; ARGV[1] epoch, ARGV[2] lock time in ms
 * Begins a rebuild, if nobody else is at it: writes go into the new epoch from here on. Gives 1, or 0 when it is taken.
 */
export const BEGIN_REBUILD = `
if not redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return 0 end
local current = tonumber(redis.call('HGET', KEYS[1], 'epoch') or -1)
if tonumber(ARGV[1]) <= current then
  redis.call('DEL', KEYS[2])
  return redis.error_reply('OLD')
end
redis.call('HSET', KEYS[1], 'building', ARGV[1])
return 1
`;

/**
 * KEYS[1] meta, KEYS[2] lock; ARGV[1] key prefix, ARGV[2] epoch, ARGV[3] run id of this Redis
 * Switches readers to the rebuilt epoch; the old log's last entry sends them. Gives the epoch before, or MOVED.
 */
export const SWITCH = `
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'building')
if meta[3] ~= ARGV[2] then return redis.error_reply('MOVED') end
local count = redis.call('HLEN', ARGV[1] .. ARGV[2] .. ':sessions')
redis.call('HSET', KEYS[1], 'epoch', ARGV[2], 'seq', 0, 'ready', 1, 'run_id', ARGV[3], 'count', count)
redis.call('HDEL', KEYS[1], 'building')
redis.call('DEL', KEYS[2])
if meta[1] then
  redis.call('XADD', ARGV[1] .. meta[1] .. ':log', '*', 'moved', ARGV[2])
  redis.call('PEXPIRE', ARGV[1] .. meta[1] .. ':log', 60000)
end
return meta[1] or ''
`;
