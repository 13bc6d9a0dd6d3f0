#!lua flags=allow-oom
-- Makes dead letters waiting deliveries again; see replay_dead().
-- KEYS: meta. ARGV: prefix, then for each: delivery id, how many deliveries and bytes of its endpoint may
-- wait here.
-- Reply: {result, id of the new delivery, ...}.
local meta, prefix, wanted = KEYS[1], ARGV[1], ARGV

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local records, dead, sizes = prefix .. 'delivery', prefix .. 'dead', prefix .. 'waiting_bytes'
local answer = {}

-- What names the event stays; the attempts begin anew.
local function new_record(old, entry, endpoint, bytes)
  local record = {endpoint = endpoint, entry = entry, bytes = bytes, attempts = 0, created = now}
  for _, name in ipairs({'event', 'webhook_id', 'source', 'type', 'tenant'}) do
    if type(old[name]) == 'string' then record[name] = old[name] end
  end
  return cjson.encode(record)
end
local function replay(id, max_count, max_bytes)
  local text = redis.call('ZSCORE', dead, id) and redis.call('HGET', records, id)
  if not text then return 1, '' end
  local entry, endpoint = string.match(id, '^([^/]+)/([^/]+)')
  local read, old = pcall(cjson.decode, text)
  if not read or type(old) ~= 'table' then old = {} end
  local bytes = tonumber(old.bytes) or 0
  if redis.call('HEXISTS', prefix .. 'content', entry) == 0 then return 2, '' end
  local waiting = prefix .. 'waiting:' .. endpoint
  local held = tonumber(redis.call('HGET', sizes, endpoint) or 0)
  if redis.call('ZCARD', waiting) >= max_count or held + bytes > max_bytes then return 3, '' end

  -- The number is given once in a partition, so an outcome that comes late never meets another delivery.
  local number = redis.call('HINCRBY', meta, 'replayed', 1)
  local new = string.format('%s/%s/%.0f', entry, endpoint, number)
  redis.call('ZREM', dead, id)
  redis.call('HDEL', records, id)
  redis.call('HSET', records, new, new_record(old, entry, endpoint, bytes))
  redis.call('ZADD', waiting, now, new)
  redis.call('ZADD', prefix .. 'due', 'LT', now, endpoint)
  redis.call('HINCRBY', sizes, endpoint, bytes)
  redis.call('HINCRBY', meta, 'dead_bytes', 0 - bytes)
  return 0, new
end

for i = 2, #wanted, 3 do
  local result, new = replay(wanted[i], tonumber(wanted[i + 1]), tonumber(wanted[i + 2]))
  answer[#answer + 1] = result
  answer[#answer + 1] = new
end
return answer
