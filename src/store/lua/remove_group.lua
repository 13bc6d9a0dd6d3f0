#!lua flags=allow-oom
-- Takes a consumer group out of the registered ones; see remove_group().
-- KEYS: meta. ARGV: prefix, group, '1' to destroy the group as well.
-- Reply: 1, or 0 when it was not registered.
local meta, prefix, group, destroy = KEYS[1], ARGV[1], ARGV[2], ARGV[3] == '1'

local groups = prefix .. 'groups'
local removed = redis.call('SREM', groups, group)
if destroy then redis.pcall('XGROUP', 'DESTROY', prefix .. 'events', group) end
if redis.call('EXISTS', groups) == 0 then redis.call('HDEL', meta, 'acked', 'acked_bytes') end
return removed
