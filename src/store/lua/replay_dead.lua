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

local function next_id(id)
  local first, n = string.match(id, '^([^/]+/[^/]+)/(%d+)$')
  return first and first .. '/' .. string.format('%.0f', n + 1) or id .. '/1'
end
local function replay(id, max_count, max_bytes)
  local text = redis.call('ZSCORE', dead, id) and redis.call('HGET', records, id)
  if not text then return 1, '' end
  local old = cjson.decode(text)
  if redis.call('HEXISTS', prefix .. 'content', old.entry) == 0 then return 2, '' end
  local waiting = prefix .. 'waiting:' .. old.endpoint
  local held = tonumber(redis.call('HGET', sizes, old.endpoint) or 0)
  if redis.call('ZCARD', waiting) >= max_count or held + old.bytes > max_bytes then return 3, '' end

  local new = next_id(id)
  redis.call('ZREM', dead, id)
  redis.call('HDEL', records, id)
  local record = {endpoint = old.endpoint, entry = old.entry, bytes = old.bytes, attempts = 0, created = now}
  redis.call('HSET', records, new, cjson.encode(record))
  redis.call('ZADD', waiting, now, new)
  redis.call('ZADD', prefix .. 'due', 'LT', now, old.endpoint)
  redis.call('HINCRBY', sizes, old.endpoint, old.bytes)
  redis.call('HINCRBY', meta, 'dead_bytes', -old.bytes)
  redis.call('HINCRBY', meta, 'replayed', 1)
  return 0, new
end

for i = 2, #wanted, 3 do
  local result, new = replay(wanted[i], tonumber(wanted[i + 1]), tonumber(wanted[i + 2]))
  answer[#answer + 1] = result
  answer[#answer + 1] = new
end
return answer
