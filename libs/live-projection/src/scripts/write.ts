import { Script } from './script';

/**
 * KEYS[1] meta
 * ARGV[1] key prefix, [2] now (epoch ms), [3] epoch that is being loaded, or '', [4] ticket, or '', [5] lock time in ms,
 * [6] most entries and [7] most bytes of the log
 * ARGV[8..] changes of five: kind, id, version, version of the session that a count was read with (or ''), body
 *
 * A write goes into the current epoch, with a log entry, and into one that is being rebuilt, without; a load only into
 * the one that it names. A ticket is the newest epoch that was begun when the changes were read: what was read before
 * that is refused, since the removals of earlier epochs are forgotten. Versions are compared as numbers, bodies are never
 * read. Gives { epoch, seq, effective changes, newest epoch }, or an error: LOST (nothing to write to), STALE (read
 * again; with the newest epoch), FENCED (the epoch being loaded is not wanted any more).
 */
export const WRITE = new Script(`
local prefix, now, loading, ticket, lock_ms = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4]), ARGV[5]
local most_entries, most_bytes = tonumber(ARGV[6]), tonumber(ARGV[7])
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'ready', 'building', 'entry_bytes')
local epoch, seq, ready, building, entry_bytes = meta[1], tonumber(meta[2] or 0), meta[3], meta[4], tonumber(meta[5] or 0)

local function stored_version(key, id)
  local stored = redis.call('HGET', key, id)
  if not stored then return -1 end
  return tonumber(string.match(stored, '^%d+')) or -1
end

local function keys_of(target)
  local base = prefix .. target .. ':'
  local removed = base .. 'removed'
  return { removed = removed, removed_at = base .. 'removed-at', has_removed = redis.call('EXISTS', removed) == 1,
    s = base .. 'sessions', c = base .. 'counts', r = base .. 'rooms', h = base .. 'hosts', p = base .. 'presets' }
end

local function remove(keys, id, version)
  local number = tonumber(version)
  if number > stored_version(keys.removed, id) then
    redis.call('HSET', keys.removed, id, version)
    redis.call('ZADD', keys.removed_at, now, id)
    keys.has_removed = true
  end
  if number < stored_version(keys.s, id) then return false end
  local counted = redis.call('HDEL', keys.c, id)
  return redis.call('HDEL', keys.s, id) + counted > 0
end

local function put(keys, kind, id, version, with, body)
  local number, key = tonumber(version), keys[kind]
  if number <= stored_version(key, id) then return false end
  if keys.has_removed then
    if kind == 's' and number <= stored_version(keys.removed, id) then return false end
    if kind == 'c' and with ~= '' and tonumber(with) < stored_version(keys.removed, id) then return false end
  end
  redis.call('HSET', key, id, version .. ' ' .. body)
  return true
end

local function apply(target, effective)
  local keys = keys_of(target)
  for at = 8, #ARGV, 5 do
    local kind, id, version, body = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 4]
    local changed
    if kind == 'x' then changed = remove(keys, id, version)
    else changed = put(keys, kind, id, version, ARGV[at + 3], body) end
    if changed and effective then
      effective[#effective + 1] = kind .. ' ' .. id .. ' ' .. version
      effective[#effective + 1] = body
    end
  end
end

if loading ~= '' then
  if building ~= loading then return redis.error_reply('FENCED the rebuild is not wanted any more') end
  apply(loading, nil)
  redis.call('PEXPIRE', prefix .. 'rebuild-lock', lock_ms)
  return { tonumber(loading), 0, 0, tonumber(loading) }
end
if not ready and not building then return redis.error_reply('LOST there is no projection') end
local newest = tonumber(building or epoch) or 0
if ticket and ticket < newest then return redis.error_reply('STALE ' .. newest) end
if building then apply(building, nil) end
if not ready then return { newest, 0, 0, newest } end

local effective = {}
apply(epoch, effective)
if #effective > 0 then
  local base, bytes = prefix .. epoch .. ':', 0
  for at = 1, #effective do bytes = bytes + #effective[at] end
  entry_bytes = math.ceil(entry_bytes + (bytes - entry_bytes) / 16)
  local entries = math.max(64, math.min(most_entries, math.floor(most_bytes / math.max(entry_bytes, 1))))
  seq = seq + 1
  redis.call('HSET', KEYS[1], 'seq', seq, 'entry_bytes', entry_bytes, 'count', redis.call('HLEN', base .. 'sessions'),
    'counts', redis.call('HLEN', base .. 'counts'), 'rooms', redis.call('HLEN', base .. 'rooms'),
    'hosts', redis.call('HLEN', base .. 'hosts'), 'presets', redis.call('HLEN', base .. 'presets'))
  redis.call('XADD', base .. 'log', 'MAXLEN', '~', entries, seq .. '-0', unpack(effective))
end
local forgotten = redis.call('ZRANGEBYSCORE', prefix .. epoch .. ':removed-at', '-inf', now - 3600000, 'LIMIT', 0, 100)
if #forgotten > 0 then
  redis.call('HDEL', prefix .. epoch .. ':removed', unpack(forgotten))
  redis.call('ZREM', prefix .. epoch .. ':removed-at', unpack(forgotten))
end
return { tonumber(epoch), seq, #effective / 2, newest }
`);
