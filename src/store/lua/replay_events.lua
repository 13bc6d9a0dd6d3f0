-- Makes new deliveries of events to an endpoint; see replay_events().
-- KEYS: meta. ARGV: prefix, endpoint, how many deliveries and bytes of it may wait here, then for each event:
-- entry, bytes, record of the delivery without its closing brace.
-- Reply: {result, id of the new delivery, ...}.
-- Content is stored, so this does not run when Redis is out of memory.
local meta, prefix, endpoint, max_count, max_bytes, words =
  KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local events, records, refs, contents = prefix .. 'events', prefix .. 'delivery', prefix .. 'refs',
  prefix .. 'content'
local waiting, sizes = prefix .. 'waiting:' .. endpoint, prefix .. 'waiting_bytes'
local floor = redis.call('HGET', meta, 'floor') or '0-0'
local answer, added = {}, false

local function is_routed(entry)
  local ms, seq = string.match(entry, '^(%d+)%-(%d+)$')
  local floor_ms, floor_seq = string.match(floor, '^(%d+)%-(%d+)$')
  ms, floor_ms = tonumber(ms), tonumber(floor_ms)
  return ms < floor_ms or (ms == floor_ms and tonumber(seq) <= tonumber(floor_seq))
end
-- As StoredEvent::pack().
local function pack(fields)
  local parts = {}
  for i, field in ipairs(fields) do parts[i] = string.format('%.0f', #field) .. ':' .. field .. ',' end
  return table.concat(parts)
end
local function replay(entry, bytes, record)
  if not is_routed(entry) then return 4, '' end
  if redis.call('ZSCORE', waiting, entry .. '/' .. endpoint) then return 5, '' end
  local held = tonumber(redis.call('HGET', sizes, endpoint) or 0)
  if redis.call('ZCARD', waiting) >= max_count or held + bytes > max_bytes then return 3, '' end
  local content
  if redis.call('HEXISTS', contents, entry) == 0 then
    local found = redis.call('XRANGE', events, entry, entry)
    if not found[1] then return 2, '' end
    content = pack(found[1][2])
  end
  -- The number is given once in a partition, so an outcome that comes late never meets another delivery.
  local number = redis.call('HINCRBY', meta, 'replayed', 1)
  local id = string.format('%s/%s/%.0f', entry, endpoint, number)
  redis.call('HINCRBY', refs, entry, 1)
  if content then redis.call('HSET', contents, entry, content) end
  redis.call('HSET', records, id, string.format('%s,"created":%.0f}', record, now))
  redis.call('ZADD', waiting, now, id)
  redis.call('HINCRBY', sizes, endpoint, bytes)
  added = true
  return 0, id
end

for i = 5, #words, 3 do
  local result, id = replay(words[i], tonumber(words[i + 1]), words[i + 2])
  answer[#answer + 1] = result
  answer[#answer + 1] = id
end
if added then redis.call('ZADD', prefix .. 'due', 'LT', now, endpoint) end
return answer
