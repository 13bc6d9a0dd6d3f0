-- The part of the steps that take, end or move deliveries.

-- Notes when the first of an endpoint's waiting deliveries is due; false when none waits.
local function index_due(prefix, endpoint)
  local first = redis.call('ZRANGE', prefix .. 'waiting:' .. endpoint, 0, 0, 'WITHSCORES')
  if first[1] then
    redis.call('ZADD', prefix .. 'due', first[2], endpoint)
    return true
  end
  redis.call('ZREM', prefix .. 'due', endpoint)
  return false
end
-- Lets go of an event's content, which stays as long as a delivery needs it.
local function let_go(prefix, entry)
  if redis.call('HINCRBY', prefix .. 'refs', entry, -1) <= 0 then
    redis.call('HDEL', prefix .. 'refs', entry)
    redis.call('HDEL', prefix .. 'content', entry)
  end
end
local function bytes_of(record) return tonumber(string.match(record, '"bytes":(%d+)') or 0) end

