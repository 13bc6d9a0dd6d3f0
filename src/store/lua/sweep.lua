#!lua flags=allow-oom
-- Removes what a partition keeps beyond its limits; see sweep().
-- KEYS: meta. ARGV: prefix, token, epoch, age (ms) and bytes of settled events, age and bytes of dead
-- deliveries, age of an attempt log, 1 when memory is short.
-- Reply: {in how many ms the next sweep is due (-1 never), whether something was freed}, or nil: another
-- owner.
local meta, prefix, token, epoch = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local age, bytes = tonumber(ARGV[4]), tonumber(ARGV[5])
local dead_age, dead_limit, log_age = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local pressed = ARGV[9] == '1'

local next_age = math.huge
-- Asks for the next sweep in so many milliseconds.
local function come_back(ms) next_age = math.min(next_age, math.max(ms, 0)) end
local freed = 0
local m = redis.call('HMGET', meta, 'holder', 'epoch', 'floor', 'routed_bytes', 'trimmed_bytes', 'dead_bytes',
  'attempts_gen', 'attempts_start', 'attempts_bytes', 'routed', 'acked', 'acked_bytes', 'parked',
  'parked_bytes')
if m[1] ~= token or m[2] ~= epoch then return nil end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- Parked events have left the stream's backlog as routed ones have.
local floor, routed_bytes = m[3], (m[4] or 0) + (m[14] or 0)
local routed = (m[10] or 0) + (m[13] or 0)
local marks, events = prefix .. 'marks', prefix .. 'events'

local function split(mark) return string.match(mark, '^(%S+) (%d+) (%d+) ?(%d*)$') end
local function below(a, b)
  local a_ms, a_seq = string.match(a, '^(%d+)-(%d+)$')
  local b_ms, b_seq = string.match(b, '^(%d+)-(%d+)$')
  if a_ms ~= b_ms then return tonumber(a_ms) < tonumber(b_ms) end
  return tonumber(a_seq) < tonumber(b_seq)
end
-- The id right after `id`.
local function next_id(id)
  local ms, seq = string.match(id, '^(%d+)-(%d+)$')
  if #seq > 15 then return string.format('%.0f', tonumber(ms) + 1) .. '-0' end
  return ms .. '-' .. string.format('%.0f', tonumber(seq) + 1)
end

-- The oldest entry that a registered group has not acknowledged; nil: none is registered. A group that is
-- registered and not there (destroyed by hand) holds everything: only an operator knows what it has read.
local function find_held()
  local names, registered, found = redis.call('SMEMBERS', prefix .. 'groups'), {}, 0
  if #names == 0 then return nil end
  for _, name in ipairs(names) do registered[name] = true end
  local oldest
  local groups = redis.call('EXISTS', events) == 1 and redis.call('XINFO', 'GROUPS', events) or {}
  for _, group in ipairs(groups) do
    local fields = {}
    for i = 1, #group, 2 do fields[group[i]] = group[i + 1] end
    local name = fields['name']
    if registered[name] then
      found = found + 1
      local first = fields['pending'] > 0 and redis.call('XPENDING', events, name)[2] or
        next_id(fields['last-delivered-id'])
      if not oldest or below(first, oldest) then oldest = first end
    end
  end
  return found == #names and oldest or '0-0'
end
local held = find_held()
local mark_time = held and math.min(age / 64, 5000) or age / 64

local last = redis.call('LINDEX', marks, -1)
local last_id, last_bytes, last_time = '0-0', 0, 0
if last then
  last_id, last_bytes, last_time = split(last)
end
if floor ~= '0-0' and floor ~= last_id and routed_bytes > tonumber(m[5] or 0) then
  local late = now - last_time >= mark_time or now < tonumber(last_time)
  if pressed or late or routed_bytes - last_bytes >= bytes / 64 then
    redis.call('RPUSH', marks, string.format('%s %.0f %.0f %.0f', floor, routed_bytes, now, routed))
  else
    come_back(last_time + mark_time - now)
  end
end

-- A mark is cut when its youngest entry is too old, or when the entries above it alone reach the limit. When
-- memory is short, the oldest mark is cut in any case.
local acked, acked_bytes = tonumber(m[11] or 0), tonumber(m[12] or 0)
-- Counts events as acknowledged by all registered groups, up to a mark.
local function acknowledge(count, upto)
  if count == '' then return end
  acked, acked_bytes = math.max(acked, tonumber(count)), math.max(acked_bytes, tonumber(upto))
end
for n = 1, pressed and 1 or 8 do
  local mark = redis.call('LINDEX', marks, 0)
  if not mark then break end
  local id, upto, _, count = split(mark)
  local ms = tonumber(string.match(id, '^%d+'))
  if not pressed and now - ms < age and routed_bytes - tonumber(m[5] or 0) <= bytes then
    come_back(ms + age - now)
    break
  end
  -- A mark that a group holds is cut as far as the group allows, and counted when it is cut whole.
  local whole = not held or below(id, held)
  local trimmed = redis.pcall('XTRIM', events, 'MINID', whole and next_id(id) or held)
  if type(trimmed) == 'number' then redis.call('HINCRBY', meta, 'trimmed', trimmed) end
  if not whole then
    if trimmed ~= 0 then freed = 1 end
    break
  end
  acknowledge(count, upto)
  if tonumber(upto) > tonumber(m[5] or 0) then
    redis.call('HSET', meta, 'trimmed_bytes', upto)
    m[5] = upto
  end
  redis.call('LPOP', marks)
  freed = 1
  if pressed or n == 8 then come_back(0) end
end

-- Events that all registered groups have acknowledged: all that are routed, or those up to the last mark
-- before the first that one has not.
if held then
  if below(floor, held) then
    acknowledge(routed, routed_bytes)
  else
    local all = redis.call('LRANGE', marks, 0, -1)
    for i = #all, 1, -1 do
      local id, upto, _, count = split(all[i])
      if below(id, held) then
        acknowledge(count, upto)
        break
      end
    end
    come_back(1000)
  end
  if acked ~= tonumber(m[11] or -1) then
    redis.call('HSET', meta, 'acked', string.format('%.0f', acked),
      'acked_bytes', string.format('%.0f', acked_bytes))
  end
end

local dead, dead_bytes = prefix .. 'dead', tonumber(m[6] or 0)
local function drop(id)
  local record = redis.call('HGET', prefix .. 'delivery', id) or ''
  local entry = string.match(id, '^[^/]+')
  redis.call('ZREM', dead, id)
  redis.call('HDEL', prefix .. 'delivery', id)
  let_go(prefix, entry)
  dead_bytes = math.max(0, dead_bytes - bytes_of(record))
end
local dropped = 0
for _, id in ipairs(redis.call('ZRANGE', dead, '-inf', now - dead_age, 'BYSCORE', 'LIMIT', 0, 200)) do
  drop(id)
  dropped = dropped + 1
end
while dead_bytes > dead_limit and dropped < 200 do
  local oldest = redis.call('ZRANGE', dead, 0, 0)[1]
  if not oldest then
    dead_bytes = 0
    break
  end
  drop(oldest)
  dropped = dropped + 1
end
if dead_bytes ~= tonumber(m[6] or 0) then redis.call('HSET', meta, 'dead_bytes', dead_bytes) end
local oldest = redis.call('ZRANGE', dead, 0, 0, 'WITHSCORES')
if oldest[1] then come_back(dropped >= 200 and 0 or oldest[2] + dead_age - now) end

if m[7] then
  local left = tonumber(m[8] or 0) + log_age - now
  local older = prefix .. 'attempts:' .. string.format('%.0f', tonumber(m[7]) - 1)
  local gives_way = pressed and freed == 0 and (tonumber(m[9] or 0) > 0 or redis.call('EXISTS', older) == 1)
  if gives_way then freed = 1 end
  if left < 0 or gives_way then
    redis.call('UNLINK', older)
    redis.call('HSET', meta, 'attempts_gen', tonumber(m[7]) + 1, 'attempts_start', now, 'attempts_bytes', 0)
    left = log_age
  end
  come_back(left)
end
return {next_age == math.huge and -1 or math.ceil(next_age), freed}
