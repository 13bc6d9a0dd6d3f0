#!lua flags=allow-oom
-- Removes an event from the stream, and deliveries of it with their content; see delete_event().
-- KEYS: meta. ARGV: prefix, entry, then ids of its deliveries.
-- Reply: {result, how many waiting deliveries were cancelled, how many dead letters dropped, how many
-- deliveries still need the content}.
local meta, prefix, entry, ids = KEYS[1], ARGV[1], ARGV[2], ARGV

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local events = prefix .. 'events'
local m = redis.call('HMGET', meta, 'floor', 'holder')
local floor = m[1] or '0-0'
local function is_routed()
  local ms, seq = string.match(entry, '^(%d+)%-(%d+)$')
  local floor_ms, floor_seq = string.match(floor, '^(%d+)%-(%d+)$')
  ms, floor_ms = tonumber(ms), tonumber(floor_ms)
  return ms < floor_ms or (ms == floor_ms and tonumber(seq) <= tonumber(floor_seq))
end
local function size(fields)
  local sum = 0
  for _, field in ipairs(fields) do sum = sum + #field end
  return sum
end

-- An owner may have read an event that is not routed: it would route it all the same, and count it.
local found = redis.call('XRANGE', events, entry, entry)[1]
if found then
  local routed = is_routed()
  if not routed and m[2] then return {2, 0, 0, 0} end
  redis.call('XDEL', events, entry)
  redis.call('HINCRBY', meta, 'trimmed', 1)
  if not routed then
    redis.call('HINCRBY', meta, 'routed', 1)
    redis.call('HINCRBY', meta, 'routed_bytes', size(found[2]))
  end
end

local cancelled, dropped = 0, 0
local function end_one(id)
  local endpoint = string.match(id, '^[^/]+/([^/]+)')
  local key = prefix .. 'waiting:' .. endpoint
  local record = redis.call('HGET', prefix .. 'delivery', id) or ''
  local bytes = bytes_of(record)
  if redis.call('ZREM', key, id) == 1 then
    local lane = lane_of(record)
    if lane then leave_lane(prefix, endpoint, lane, id, now) end
    if index_due(prefix, endpoint) then
      redis.call('HINCRBY', prefix .. 'waiting_bytes', endpoint, 0 - bytes)
    else
      redis.call('HDEL', prefix .. 'waiting_bytes', endpoint)
    end
    cancelled = cancelled + 1
  elseif redis.call('ZREM', prefix .. 'dead', id) == 1 then
    local left = redis.call('HINCRBY', meta, 'dead_bytes', 0 - bytes)
    if left < 0 then redis.call('HSET', meta, 'dead_bytes', 0) end
    dropped = dropped + 1
  else
    return
  end
  redis.call('HDEL', prefix .. 'delivery', id)
  redis.call('HINCRBY', prefix .. 'refs', entry, -1)
end
for i = 3, #ids do end_one(ids[i]) end
if cancelled > 0 then redis.call('HINCRBY', meta, 'cancelled', cancelled) end

local left = tonumber(redis.call('HGET', prefix .. 'refs', entry) or 0)
if left <= 0 then
  redis.call('HDEL', prefix .. 'refs', entry)
  redis.call('HDEL', prefix .. 'content', entry)
  left = 0
end
return {(found or cancelled + dropped > 0) and 0 or 1, cancelled, dropped, left}
