-- Registers a consumer group of another program, and makes it where it is missing; see add_group().
-- KEYS: meta. ARGV: prefix, group, where it begins: '$' (now), '0' or an id.
-- Reply: 1 new, 0 it was registered.
-- `acked` counts the events that surely need no waiting for a group; sweep.lua moves it on.
local meta, prefix, group, position = KEYS[1], ARGV[1], ARGV[2], ARGV[3]

local made = redis.pcall('XGROUP', 'CREATE', prefix .. 'events', group, position, 'MKSTREAM')
if made.err and not string.find(made.err, 'BUSYGROUP') then return made end
local added = redis.call('SADD', prefix .. 'groups', group)
if added == 0 then return 0 end
local m = redis.call('HMGET', meta, 'routed', 'routed_bytes', 'trimmed', 'trimmed_bytes',
  'acked', 'acked_bytes')
local from = (position == '$' and not made.err) and 1 or 3
local count, bytes = tonumber(m[from] or 0), tonumber(m[from + 1] or 0)
redis.call('HSET', meta, 'acked', math.min(count, tonumber(m[5] or count)),
  'acked_bytes', math.min(bytes, tonumber(m[6] or bytes)))
return 1
