#!lua flags=allow-oom
-- Ends waiting deliveries of an endpoint; see end_waiting().
-- KEYS: meta. ARGV: prefix, token, epoch, endpoint, reason ('' cancels them), count, age (ms; younger ones
-- stay), how many to skip.
-- Reply: {how many still wait, how many to skip next time}, or nil: another owner.
local meta, prefix, token, epoch, endpoint, reason = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local count, age, skip = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])

local m = redis.call('HMGET', meta, 'holder', 'epoch')
if m[1] ~= token or m[2] ~= epoch then return nil end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local key, records = prefix .. 'waiting:' .. endpoint, prefix .. 'delivery'
local ended, ended_bytes = 0, 0

local function finish(id, record)
  local bytes = bytes_of(record)
  redis.call('ZREM', key, id)
  local lane = lane_of(record)
  if lane then leave_lane(prefix, endpoint, lane, id, now) end
  if reason ~= '' then
    local head = string.sub(record, 1, -2)
    if head ~= '{' then head = head .. ',' end
    redis.call('HSET', records, id, string.format('%s"reason":"%s","died":%.0f}', head, reason, now))
    redis.call('ZADD', prefix .. 'dead', now, id)
  else
    local entry = string.match(id, '^[^/]+')
    redis.call('HDEL', records, id)
    let_go(prefix, entry)
  end
  ended, ended_bytes = ended + 1, ended_bytes + bytes
end

for _, id in ipairs(redis.call('ZRANGE', key, skip, skip + count - 1)) do
  local record = redis.call('HGET', records, id) or '{}'
  if age == 0 or now - (string.match(record, '"created":(%d+)') or now) >= age then
    finish(id, record)
  else
    skip = skip + 1
  end
end
if ended == 0 then return {redis.call('ZCARD', key), skip} end
redis.call('HINCRBY', meta, reason ~= '' and 'dead' or 'cancelled', ended)
if reason ~= '' then redis.call('HINCRBY', meta, 'dead_bytes', ended_bytes) end
if index_due(prefix, endpoint) then
  redis.call('HINCRBY', prefix .. 'waiting_bytes', endpoint, 0 - ended_bytes)
else
  redis.call('HDEL', prefix .. 'waiting_bytes', endpoint)
end
return {redis.call('ZCARD', key), skip}
