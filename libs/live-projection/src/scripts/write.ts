import { RedisScript } from '#libs/service-host';

/** Epoch ms by Redis' clock: removals are kept for an hour, whatever the clocks of those say who tell them. */
const NOW = `redis.call('TIME')[1] * 1000`;

/** One change into the keys of an epoch: the greater version wins. Both tell whether anything changed. */
const PUT = `
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
  local number, gone = tonumber(version), 0
  -- Before anything is written: a full Redis refuses a script that begins with what needs memory.
  if number >= stored_version(keys.s, id) then
    gone = redis.call('HDEL', keys.c, id) + redis.call('HDEL', keys.s, id)
  end
  if number > stored_version(keys.removed, id) then
    redis.call('HSET', keys.removed, id, version)
    redis.call('ZADD', keys.removed_at, now, id)
    keys.has_removed = true
  end
  return gone > 0
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
`.trim();

/**
 * KEYS[1] meta
 * ARGV[1] key prefix, [2] moment, or '', [3] most entries and [4] most bytes of the log
 * ARGV[5..] changes of five: kind, id, version, version of the session that a count was read with (or ''), body
 *
 * Writes into the current epoch, with a log entry, and into one that is being rebuilt, without. A moment is a number of a
 * clock that only goes forward, from before the changes were read. An epoch says at which moment its load began to read;
 * what was read before that is refused, since the epoch does not know the removals that came between. Versions are compared
 * as numbers, bodies are never read. Gives { epoch, seq, effective changes, newest epoch }, or an error: LOST (nothing to
 * write to), STALE (read again).
 */
export const WRITE = new RedisScript(`
local prefix, now, moment = ARGV[1], ${NOW}, tonumber(ARGV[2])
local most_entries, most_bytes = tonumber(ARGV[3]), tonumber(ARGV[4])
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'ready', 'building', 'entry_bytes', 'read_after', 'building_read_after')
local epoch, seq, ready, building, entry_bytes = meta[1], tonumber(meta[2] or 0), meta[3], meta[4], tonumber(meta[5] or 0)
local read_after = building and (tonumber(meta[7]) or math.huge) or tonumber(meta[6] or 0)

${PUT}

local function apply(target, effective)
  local keys = keys_of(target)
  -- Removals come last: behind them a full Redis would take all the rest.
  for _, removes in ipairs({ false, true }) do
    for at = 5, #ARGV, 5 do
      local kind, id, version, body = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 4]
      local changed = false
      if (kind == 'x') == removes then
        if removes then changed = remove(keys, id, version)
        else changed = put(keys, kind, id, version, ARGV[at + 3], body) end
      end
      if changed and effective then
        effective[#effective + 1] = kind .. ' ' .. id .. ' ' .. version
        effective[#effective + 1] = body
      end
    end
  end
end

if not ready and not building then return redis.error_reply('LOST there is no projection') end
local newest = tonumber(building or epoch) or 0
if moment and moment <= read_after then return redis.error_reply('STALE epoch ' .. newest .. ' was read later') end
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

/**
 * KEYS[1] meta; ARGV[1] key prefix, [2] epoch that is being loaded, [3] lock time in ms
 * ARGV[4..] changes of five, as WRITE has them
 *
 * Loads a part of an epoch that is being rebuilt, and holds its lock. Where nothing was removed yet, what is news of a
 * kind is set at once: a command takes longer than what it sets. The lock comes last: Redis refuses a script for want of
 * memory only before its first write, and a write that needs none counts as one. Gives 1, or FENCED: the epoch is not wanted any more.
 */
export const LOAD = new RedisScript(`
local prefix, now, epoch = ARGV[1], ${NOW}, ARGV[2]
if redis.call('HGET', KEYS[1], 'building') ~= epoch then
  return redis.error_reply('FENCED the rebuild is not wanted any more')
end

${PUT}

local keys = keys_of(epoch)
local of_kind, removes = {}, keys.has_removed
for at = 4, #ARGV, 5 do
  local kind = ARGV[at]
  if not of_kind[kind] then of_kind[kind] = {} end
  table.insert(of_kind[kind], at)
  removes = removes or kind == 'x'
end

local function set_news(key, places)
  local ids, versions, news = {}, {}, {}
  for n, at in ipairs(places) do ids[n] = ARGV[at + 1] end
  for n, stored in ipairs(redis.call('HMGET', key, unpack(ids))) do
    local at, id, version = places[n], ids[n], tonumber(ARGV[places[n] + 2])
    local known = versions[id] or (stored and tonumber(string.match(stored, '^%d+'))) or -1
    if version > known then
      versions[id] = version
      news[#news + 1] = id
      news[#news + 1] = ARGV[at + 2] .. ' ' .. ARGV[at + 4]
    end
  end
  if #news > 0 then redis.call('HSET', key, unpack(news)) end
end

if removes then
  for at = 4, #ARGV, 5 do
    if ARGV[at] == 'x' then remove(keys, ARGV[at + 1], ARGV[at + 2])
    else put(keys, ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]) end
  end
else
  for kind, places in pairs(of_kind) do set_news(keys[kind], places) end
end
redis.call('PEXPIRE', prefix .. 'rebuild-lock', ARGV[3])
return 1
`);
