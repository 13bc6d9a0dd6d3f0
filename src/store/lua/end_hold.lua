#!lua flags=allow-oom
-- Ends the hold of an endpoint for all workers, and after a success the series of its failures.
-- KEYS: meta. ARGV: prefix, epoch of the configuration, endpoint, 1 after a success.
-- Reply: number of changes of holds.
local meta, prefix, epoch, id, success = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1'

if redis.call('HGET', meta, 'epoch') ~= epoch then return 0 end
local removed = redis.call('HDEL', prefix .. 'holds', id)
if success then removed = removed + redis.call('HDEL', prefix .. 'failing', id) end
return redis.call('HINCRBY', meta, 'holds', removed > 0 and 1 or 0)
