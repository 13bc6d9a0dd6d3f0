-- Prepares a partition for its first event and tries all commands of the append library on a scratch key.
-- KEYS: events, meta, intake, a scratch key. ARGV: number of partitions.
-- Reply: {events that the worker has not taken, their bytes} | -N the stream has N
-- partitions | an error (ACL, type).
-- Everything is tried before the first write that stays.
local events, meta, intake, scratch, partitions = KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[1]

local m = redis.call('HMGET', meta, 'partitions', 'floor', 'routed', 'routed_bytes',
  'parked', 'parked_bytes')
if m[1] and m[1] ~= partitions then return -tonumber(m[1]) end
local state = redis.call('GET', intake)

redis.call('UNLINK', scratch)
redis.call('SET', scratch, 'a')
redis.call('GET', scratch)
redis.call('UNLINK', scratch)
redis.call('HSET', scratch, 'a', 'b')
redis.call('HGET', scratch, 'a')
redis.call('HMGET', scratch, 'a', 'b')
redis.call('PEXPIREAT', scratch, redis.call('TIME')[1] * 1000 + 60000)
redis.call('UNLINK', scratch)
local id = redis.call('XADD', scratch, '*', 'a', 'b')
redis.call('XLEN', scratch)
redis.call('XGROUP', 'CREATE', scratch, 'webhook-undo', '$')
redis.call('XINFO', 'GROUPS', scratch)
redis.call('XREVRANGE', scratch, '+', '-', 'COUNT', 1)
redis.call('XGROUP', 'DESTROY', scratch, 'webhook-undo')
redis.call('XDEL', scratch, id)
redis.call('UNLINK', scratch)

local made = redis.pcall('XGROUP', 'CREATE', events, 'deliver', m[2] or '0', 'MKSTREAM')
if made.err and not string.find(made.err, '^BUSYGROUP') then return made end
if not m[1] then redis.call('HSET', meta, 'partitions', partitions) end

if not state then return {0, 0} end
local _, accepted, bytes = struct.unpack('<ddd', state)
local waiting = math.max(0, accepted - (m[3] or 0) - (m[5] or 0))
return {waiting, waiting > 0 and math.max(0, bytes - (m[4] or 0) - (m[6] or 0)) or 0}
