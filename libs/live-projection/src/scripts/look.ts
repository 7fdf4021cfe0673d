import { RedisScript } from '#libs/service-host';

/**
 * KEYS[1] meta, KEYS[2] lock; ARGV[1] key prefix
 * What there is, as of one moment: names and values in turn. `meta.…` as written, `run_id` of this Redis, `lock` its
 * remaining ms, `type.…` and `size.…` of the current epoch's keys, `last` the id of the log's last entry.
 */
export const LOOK = new RedisScript(`
local facts = {}
local function tell(name, value)
  facts[#facts + 1] = name
  facts[#facts + 1] = tostring(value)
end
tell('run_id', string.match(redis.call('INFO', 'server'), 'run_id:(%x+)'))
tell('lock', redis.call('PTTL', KEYS[2]))
tell('type.meta', redis.call('TYPE', KEYS[1]).ok)
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then return facts end
local meta = redis.call('HGETALL', KEYS[1])
for at = 1, #meta, 2 do tell('meta.' .. meta[at], meta[at + 1]) end
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then return facts end
local function look(name, size)
  local key = ARGV[1] .. epoch .. ':' .. name
  local kind = redis.call('TYPE', key).ok
  tell('type.' .. name, kind)
  if size and kind == 'hash' then tell('size.' .. name, redis.call('HLEN', key)) end
  return kind, key
end
for _, name in ipairs({ 'sessions', 'counts', 'rooms', 'hosts', 'presets' }) do look(name, true) end
look('removed')
look('removed-at')
local kind, log = look('log')
if kind == 'stream' then
  local last = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]
  if last then tell('last', last[1]) end
end
return facts
`);

/**
 * KEYS[1] meta, KEYS[2] a hash of an epoch; ARGV[1] that epoch, [2] cursor, [3] about how many
 * Gives { next cursor, { id, version, … } } of what the hash holds; the version is '' where the text cannot be read.
 * Tombstones are not given: they leave the record before they leave Redis. FENCED when the epoch is not current any more.
 */
export const VERSIONS = new RedisScript(`
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return redis.error_reply('FENCED another epoch is current') end
local scanned = redis.call('HSCAN', KEYS[2], ARGV[2], 'COUNT', ARGV[3])
local versions = {}
for at = 1, #scanned[2], 2 do
  local version, body = string.match(scanned[2][at + 1], '^(%d+) (.*)$')
  if not version or body ~= '' then
    if version and not pcall(cjson.decode, body) then version = nil end
    versions[#versions + 1] = scanned[2][at]
    versions[#versions + 1] = version or ''
  end
end
return { scanned[1], versions }
`);
