#!lua flags=no-writes
-- Reads the floor of a partition as its owner.
-- KEYS: meta. ARGV: prefix (not used), token, epoch. Reply: the floor, or '' when somebody else owns the
-- partition.
local meta, token, epoch = KEYS[1], ARGV[2], ARGV[3]

local m = redis.call('HMGET', meta, 'holder', 'epoch', 'floor')
return m[1] == token and m[2] == epoch and m[3] or ''
