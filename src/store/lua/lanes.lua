-- The part of claim, settle and end_waiting that knows the lanes of ordered endpoints, one for each
-- partition key. A delivery belongs to the lane that its record names. Only the first of a lane, by entry id,
-- is due; the others have the score `blocked`. `order:<endpoint>` holds a member for each, sorted by lane and
-- entry.
local blocked = 9007199254740000

local function lane_of(record) return string.match(record or '', '"lane":"(%x+)"') end
local function lane_member(lane, id)
  local ms, seq = string.match(id, '^(%d+)-(%d+)')
  local function padded(number) return string.rep('0', 20 - #number) .. number end
  return lane .. ':' .. padded(ms) .. '-' .. padded(seq) .. '|' .. id
end
-- The ids of the first deliveries of a lane.
local function lane_head(prefix, endpoint, lane, count)
  local ids = redis.call('ZRANGE', prefix .. 'order:' .. endpoint, '[' .. lane .. ':', '(' .. lane .. ';',
    'BYLEX', 'LIMIT', 0, count)
  for i, member in ipairs(ids) do ids[i] = string.match(member, '|(.*)$') end
  return ids
end
-- When a delivery of a lane is due: as wanted if it is the first.
local function lane_due(prefix, endpoint, lane, id, due)
  return lane_head(prefix, endpoint, lane, 1)[1] == id and due or blocked
end
local function enter_lane(prefix, endpoint, lane, id, due)
  redis.call('ZADD', prefix .. 'order:' .. endpoint, 0, lane_member(lane, id))
  return lane_due(prefix, endpoint, lane, id, due)
end
-- Takes a delivery out; the next one of its lane is due.
local function leave_lane(prefix, endpoint, lane, id, now)
  redis.call('ZREM', prefix .. 'order:' .. endpoint, lane_member(lane, id))
  local first, waiting = lane_head(prefix, endpoint, lane, 1)[1], prefix .. 'waiting:' .. endpoint
  if first and tonumber(redis.call('ZSCORE', waiting, first) or 0) >= blocked then
    redis.call('ZADD', waiting, now, first)
  end
end

