#!lua flags=no-writes
-- Reads the counters of a partition; see read_ledger(). KEYS: meta. ARGV: prefix.
-- `intake` begins with the doubles partitions and accepted (see the key table of docs/design.md).
local meta, prefix = KEYS[1], ARGV[1]

local waiting = 0
for _, endpoint in ipairs(redis.call('ZRANGE', prefix .. 'due', 0, -1)) do
  waiting = waiting + redis.call('ZCARD', prefix .. 'waiting:' .. endpoint)
end
local accepted, intake = 0, redis.call('GET', prefix .. 'intake')
if intake then
  local _
  _, accepted = struct.unpack('<dd', intake)
end
local m = redis.call('HMGET', meta,
  'routed', 'trimmed', 'created', 'replayed', 'delivered', 'dead', 'cancelled')
return {redis.call('XLEN', prefix .. 'events'), waiting, string.format('%.0f', accepted), unpack(m, 1, 7)}
