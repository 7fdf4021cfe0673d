/*
 * Where a packed order has what: see packed-order.ts. Its first 28 bytes (nonce, owner, charge) are its entry in the set of
 * all orders, whose scores are the times when they lapse, in ms of Redis' clock.
 */

/**
 * KEYS[1] order, [2] the set of all orders, [3] what is charged
 * ARGV[1] nonce, [2] ms that it stays, [3] [4] first and number of the open ids, [5] [6] of the past ones, [7…] ids
 * Gives nothing where there is no such order, else { head, open ids, past ids, '1' or '0' for each of the ids }.
 * Only these parts are read, however long the order is.
 */
export const READ_ORDER = `
local order = KEYS[1]
local head = redis.call('GETRANGE', order, 0, 71)
if #head < 72 or string.sub(head, 1, 8) ~= ARGV[1] then return false end
local time = redis.call('TIME')
local ends = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[2]
-- A Redis that takes no writes now can be read all the same.
redis.pcall('PEXPIRE', order, ARGV[2])
redis.pcall('ZADD', KEYS[2], 'XX', ends, string.sub(head, 1, 28))
redis.pcall('PEXPIRE', KEYS[2], ARGV[2])
redis.pcall('PEXPIRE', KEYS[3], ARGV[2])
local open, past, all = struct.unpack('>I4I4I4', string.sub(head, 29, 40))
local function ids(from, count, first, most)
  from = math.min(from + 0, most)
  count = math.min(count + 0, most - from)
  if count == 0 then return '' end
  return redis.call('GETRANGE', order, 72 + 16 * (first + from), 71 + 16 * (first + from + count))
end
local found = { head, ids(ARGV[3], ARGV[4], 0, open), ids(ARGV[5], ARGV[6], open, past), '' }
if #ARGV == 6 then return found end
local sorted = 72 + 16 * all
-- Numbers are compared: how text compares depends on the server's locale.
local function isIn(id)
  local a, b, c, d = struct.unpack('>I4I4I4I4', id)
  local low, high = 0, all - 1
  while low <= high do
    local middle = math.floor((low + high) / 2)
    local number = struct.unpack('>I4', redis.call('GETRANGE', order, sorted + 4 * middle, sorted + 4 * middle + 3))
    local e, f, g, h = struct.unpack('>I4I4I4I4', redis.call('GETRANGE', order, 72 + 16 * number, 87 + 16 * number))
    local less = a - e
    if less == 0 then less = b - f end
    if less == 0 then less = c - g end
    if less == 0 then less = d - h end
    if less == 0 then return true end
    if less < 0 then high = middle - 1 else low = middle + 1 end
  end
  return false
end
local known = {}
for at = 7, #ARGV do known[#known + 1] = isIn(ARGV[at]) and '1' or '0' end
found[4] = table.concat(known)
return found
`;

/**
 * KEYS[1] order, [2] the set of all orders, [3] what is charged: a hash of bytes by owner, and of 'all'
 * ARGV[1] the packed order, or '' to ask whether one may be made, [2] ms that it stays, [3] owner, [4] least charge,
 * [5] the most that an owner may be charged, [6] the most that all may be
 * Gives { 'kept', nonce }: one of this name is there, by now or since earlier; { 'none' }: there is none, and it may be
 * made; { 'full', 'owner' or 'all', ms until an order lapses, as things stand }.
 */
export const BEGIN_ORDER = `
local order, due, charged = KEYS[1], KEYS[2], KEYS[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, entry in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, 1000)) do
  local charge = struct.unpack('>I4', string.sub(entry, 25, 28))
  local owner = string.sub(entry, 9, 24)
  redis.call('ZREM', due, entry)
  if redis.call('HINCRBY', charged, owner, -charge) <= 0 then redis.call('HDEL', charged, owner) end
  if redis.call('HINCRBY', charged, 'all', -charge) <= 0 then redis.call('HDEL', charged, 'all') end
end
local there = redis.call('GETRANGE', order, 0, 7)
if there ~= '' then return { 'kept', there } end
local charge = ARGV[4] + 0
if ARGV[1] ~= '' then charge = struct.unpack('>I4', string.sub(ARGV[1], 25, 28)) end
local function lapse(owner)
  for _, entry in ipairs(redis.call('ZRANGE', due, 0, 999)) do
    if not owner or string.sub(entry, 9, 24) == owner then return redis.call('ZSCORE', due, entry) - now end
  end
  return ARGV[2] + 0
end
if (redis.call('HGET', charged, ARGV[3]) or 0) + charge > ARGV[5] + 0 then return { 'full', 'owner', lapse(ARGV[3]) } end
if (redis.call('HGET', charged, 'all') or 0) + charge > ARGV[6] + 0 then return { 'full', 'all', lapse() } end
if ARGV[1] == '' then return { 'none' } end
redis.call('SET', order, ARGV[1], 'PX', ARGV[2])
redis.call('ZADD', due, now + ARGV[2], string.sub(ARGV[1], 1, 28))
redis.call('HINCRBY', charged, ARGV[3], charge)
redis.call('HINCRBY', charged, 'all', charge)
redis.call('PEXPIRE', due, ARGV[2])
redis.call('PEXPIRE', charged, ARGV[2])
return { 'kept', string.sub(ARGV[1], 1, 8) }
`;
