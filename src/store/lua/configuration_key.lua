#!lua flags=allow-oom
-- Gives the key of the configuration's keyed hashes, and sets it first where there is none.
-- KEYS: meta. ARGV: a fresh key. Reply: the key.
local meta, fresh = KEYS[1], ARGV[1]

redis.call('HSETNX', meta, 'key', fresh)
return redis.call('HGET', meta, 'key')
