#!lua flags=allow-oom
-- Removes a worker from the list. KEYS: workers. ARGV: key `streams`, key `meta`, id of the worker.
-- Reply: 1, or 0 when it was not listed.
local workers, streams, meta, id = KEYS[1], ARGV[1], ARGV[2], ARGV[3]

redis.call('HDEL', streams, id)
local left = redis.call('ZREM', workers, id)
if left == 1 then redis.call('HINCRBY', meta, 'wake', 1) end
return left
