#!lua flags=allow-oom
-- Drops dead letters and the content that only they needed; see drop_dead().
-- KEYS: meta. ARGV: prefix, then delivery ids. Reply: how many were dropped.
local meta, prefix, ids = KEYS[1], ARGV[1], ARGV

local dropped, bytes = 0, 0
for i = 2, #ids do
  local id = ids[i]
  if redis.call('ZREM', prefix .. 'dead', id) == 1 then
    local record = redis.call('HGET', prefix .. 'delivery', id) or ''
    local entry = string.match(id, '^[^/]+')
    redis.call('HDEL', prefix .. 'delivery', id)
    let_go(prefix, entry)
    bytes = bytes + bytes_of(record)
    dropped = dropped + 1
  end
end
if dropped > 0 then
  local left = redis.call('HINCRBY', meta, 'dead_bytes', 0 - bytes)
  if left < 0 then redis.call('HSET', meta, 'dead_bytes', 0) end
end
return dropped
