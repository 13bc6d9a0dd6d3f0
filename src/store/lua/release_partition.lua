#!lua flags=allow-oom
-- Gives a partition up.
-- KEYS: meta. ARGV: prefix (not used), token, epoch (not used). Reply: 1, or 0 when another token owns it.
local meta, token = KEYS[1], ARGV[2]

if redis.call('HGET', meta, 'holder') ~= token then return 0 end
return redis.call('HDEL', meta, 'holder')
