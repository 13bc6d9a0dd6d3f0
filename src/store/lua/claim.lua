#!lua flags=allow-oom
-- Takes due deliveries of an endpoint; see claim().
-- KEYS: meta. ARGV: prefix, token, epoch, endpoint, how many and how many bytes at most, lease (ms).
-- Reply: {id, record, content, ...}, or nil: another owner.
local meta, prefix, token, epoch, endpoint, count, bytes, lease =
  KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]

local m = redis.call('HMGET', meta, 'holder', 'epoch')
if m[1] ~= token or m[2] ~= epoch then return nil end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local key = prefix .. 'waiting:' .. endpoint
local found, size, taken, lanes, behind = {}, 0, {}, {}, {}

-- Adds a delivery; false when there is no room for it.
local function take(id, record)
  local entry = string.match(id, '^[^/]+')
  local more = redis.call('HSTRLEN', prefix .. 'content', entry)
  if #taken >= count or #taken > 0 and size + more > bytes then return false end
  size = size + more
  taken[#taken + 1] = id
  found[#found + 1] = id
  found[#found + 1] = record
  found[#found + 1] = redis.call('HGET', prefix .. 'content', entry)
  return true
end

for _, id in ipairs(redis.call('ZRANGE', key, '-inf', now, 'BYSCORE', 'LIMIT', 0, count)) do
  local record = redis.call('HGET', prefix .. 'delivery', id)
  local lane = lane_of(record)
  if lane and lane_head(prefix, endpoint, lane, 1)[1] ~= id then
    behind[#behind + 1] = id
  elseif not take(id, record) then
    break
  elseif lane then
    lanes[#lanes + 1] = lane
  end
end
-- What follows in a lane comes along, so that its worker can send one after another.
for _, lane in ipairs(lanes) do
  local run = lane_head(prefix, endpoint, lane, 16)
  for i = 2, #run do
    if not take(run[i], redis.call('HGET', prefix .. 'delivery', run[i])) then break end
  end
end
-- Everything is read before the first write: a key of a wrong type leaves the deliveries due.
for _, id in ipairs(taken) do redis.call('ZADD', key, now + lease, id) end
for _, id in ipairs(behind) do redis.call('ZADD', key, blocked, id) end
index_due(prefix, endpoint)
return found
