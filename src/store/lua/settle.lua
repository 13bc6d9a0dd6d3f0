#!lua flags=allow-oom
-- Moves the floor of a partition and records outcomes of deliveries; see SettleStep.
-- KEYS: meta. ARGV:
--   1 prefix   2 token   3 epoch        owner of the partition
--   4 from     5 to                     old and new floor; `to` empty: the floor stays
--   6 trim_before                       entries below leave the stream at once; empty: none
--   7 routed   8 routed_bytes           events that are routed by the step
--   9 created  10 delivered  11 cancelled   deliveries of these events
--   12 log_bytes  13 log_limit  14 log_age  bytes of the attempts; limits of a generation of the attempt log
--   15 attempts                         so many JSON texts follow, from 16 on, and then the operations
-- An operation is: name, delivery id, endpoint, entry, bytes, record, and its own arguments (see
-- `operation`); or 'content', entry, netstrings; or 'park' or 'unpark', source, entry, bytes. The first may
-- be 'parked', source, entry: what the list of this source must begin with. Reply: 1 done, also when it was
-- done before; 0 the partition has another owner, or Redis came back with older data.
local meta, prefix, token, epoch = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local from, to, trim_before = ARGV[4], ARGV[5], ARGV[6]
local routed, routed_bytes = ARGV[7], ARGV[8]
local created, delivered, cancelled = tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11])
local log_bytes, log_limit, log_age = tonumber(ARGV[12]), tonumber(ARGV[13]), tonumber(ARGV[14])
local attempts, first_attempt, words = tonumber(ARGV[15]), 16, ARGV

local m = redis.call('HMGET', meta, 'holder', 'epoch', 'floor', 'routed', 'routed_bytes',
  'created', 'delivered', 'dead', 'cancelled', 'dead_bytes', 'attempts_gen', 'attempts_start',
  'attempts_bytes', 'parked', 'parked_bytes')
if m[1] ~= token or m[2] ~= epoch then return 0 end
if to ~= '' then
  if m[3] == to then return 1 end
  if m[3] ~= from then return 0 end
end
local at = first_attempt + attempts
if words[at] == 'parked' then
  -- The lists are in the order of the stream. A head above the expected one: the step was done before.
  local function number(id)
    local ms, seq = string.match(id, '^(%d+)-(%d+)$')
    return tonumber(ms), tonumber(seq)
  end
  local head, expected = redis.call('LINDEX', prefix .. 'parked:' .. words[at + 1], 0), words[at + 2]
  if not head then return 1 end
  if head ~= expected then
    local ms, seq = number(head)
    local expected_ms, expected_seq = number(expected)
    if ms > expected_ms or (ms == expected_ms and seq > expected_seq) then return 1 end
    return 0
  end
  at = at + 3
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local changed = {}
local function set(field, value)
  changed[#changed + 1] = field
  changed[#changed + 1] = value
end
local function old(index) return tonumber(m[index] or 0) end

local dead, dead_bytes = 0, 0
local content, touched, waiting_count, waiting_bytes = {}, {}, {}, {}
local records, refs, contents = prefix .. 'delivery', prefix .. 'refs', prefix .. 'content'

local function waiting(endpoint)
  local key = prefix .. 'waiting:' .. endpoint
  if not touched[endpoint] then
    touched[endpoint] = key
    waiting_count[endpoint] = redis.call('ZCARD', key)
    waiting_bytes[endpoint] = tonumber(redis.call('HGET', prefix .. 'waiting_bytes', endpoint) or 0)
  end
  return key
end
local function hold(entry)
  local count = redis.call('HINCRBY', refs, entry, 1)
  if count == 1 then redis.call('HSET', contents, entry, content[entry] or '') end
end
local function enter(key, id, endpoint, bytes, due, record)
  local lane = lane_of(record)
  if lane then due = enter_lane(prefix, endpoint, lane, id, due) end
  redis.call('ZADD', key, due, id)
  waiting_count[endpoint] = waiting_count[endpoint] + 1
  waiting_bytes[endpoint] = waiting_bytes[endpoint] + bytes
end
local function leave(id, endpoint, bytes, record)
  if redis.call('ZREM', waiting(endpoint), id) == 0 then return false end
  local lane = lane_of(record)
  if lane then leave_lane(prefix, endpoint, lane, id, now) end
  waiting_count[endpoint] = waiting_count[endpoint] - 1
  waiting_bytes[endpoint] = waiting_bytes[endpoint] - bytes
  return true
end
local function bury(id, bytes, record, reason)
  redis.call('ZADD', prefix .. 'dead', now, id)
  redis.call('HSET', records, id, string.format('%s,"reason":"%s","died":%.0f}', record, reason, now))
  dead, dead_bytes = dead + 1, dead_bytes + bytes
end
local function dated(record) return string.format('%s,"created":%.0f', record, now) end

-- Each takes the index of its own arguments and returns the index after them.
local operation = {}
function operation.new_waiting(i, id, endpoint, entry, bytes, record)
  local key = waiting(endpoint)
  local full = waiting_count[endpoint] >= tonumber(words[i + 1]) or
    waiting_bytes[endpoint] + bytes > tonumber(words[i + 2])
  hold(entry)
  if full then
    bury(id, bytes, dated(record), 'overflow')
  else
    enter(key, id, endpoint, bytes, now + words[i], record)
    redis.call('HSET', records, id, dated(record) .. '}')
  end
  return i + 3
end
function operation.new_dead(i, id, endpoint, entry, bytes, record)
  hold(entry)
  bury(id, bytes, dated(record), words[i])
  return i + 1
end
function operation.delivered(i, id, endpoint, entry, bytes, record)
  if leave(id, endpoint, bytes, record) then
    redis.call('HDEL', records, id)
    let_go(prefix, entry)
    delivered = delivered + 1
  end
  return i
end
function operation.retry(i, id, endpoint, entry, bytes, record)
  local key = waiting(endpoint)
  if redis.call('ZSCORE', key, id) then
    local lane, due = lane_of(record), now + words[i]
    if lane then due = lane_due(prefix, endpoint, lane, id, due) end
    redis.call('ZADD', key, due, id)
    if record ~= '' then redis.call('HSET', records, id, record .. '}') end
  end
  return i + 1
end
function operation.dead(i, id, endpoint, entry, bytes, record)
  if leave(id, endpoint, bytes, record) then bury(id, bytes, record, words[i]) end
  return i + 1
end
function operation.cancelled(i, id, endpoint, entry, bytes, record)
  if leave(id, endpoint, bytes, record) then
    redis.call('HDEL', records, id)
    let_go(prefix, entry)
    cancelled = cancelled + 1
  end
  return i
end

local parked, parked_bytes = 0, 0
local function park(source, entry, bytes)
  hold(entry)
  redis.call('RPUSH', prefix .. 'parked:' .. source, entry)
  redis.call('HINCRBY', prefix .. 'parked', source, 1)
  parked, parked_bytes = parked + 1, parked_bytes + bytes
end
local function unpark(source, entry, bytes)
  redis.call('LPOP', prefix .. 'parked:' .. source)
  if redis.call('HINCRBY', prefix .. 'parked', source, -1) <= 0 then
    redis.call('HDEL', prefix .. 'parked', source)
  end
  let_go(prefix, entry)
  parked, parked_bytes = parked - 1, parked_bytes - bytes
end

while words[at] do
  if words[at] == 'content' then
    content[words[at + 1]] = words[at + 2]
    at = at + 3
  elseif words[at] == 'park' then
    park(words[at + 1], words[at + 2], tonumber(words[at + 3]))
    at = at + 4
  elseif words[at] == 'unpark' then
    unpark(words[at + 1], words[at + 2], tonumber(words[at + 3]))
    at = at + 4
  else
    local name, id, endpoint, entry, bytes, record = unpack(words, at, at + 5)
    at = operation[name](at + 6, id, endpoint, entry, tonumber(bytes), record)
  end
end

for endpoint in pairs(touched) do
  if index_due(prefix, endpoint) then
    redis.call('HSET', prefix .. 'waiting_bytes', endpoint, waiting_bytes[endpoint])
  else
    redis.call('HDEL', prefix .. 'waiting_bytes', endpoint)
  end
end

if to ~= '' then
  local events = prefix .. 'events'
  local moved = redis.pcall('XGROUP', 'SETID', events, 'deliver', to)
  if moved.err then redis.pcall('XGROUP', 'CREATE', events, 'deliver', to, 'MKSTREAM') end
  set('floor', to)
  -- What a registered group may need is left to sweep.lua.
  if trim_before ~= '' and redis.call('EXISTS', prefix .. 'groups') == 0 then
    redis.call('HINCRBY', meta, 'trimmed', redis.call('XTRIM', events, 'MINID', trim_before))
    set('trimmed_bytes', old(5) + routed_bytes + old(15) + parked_bytes)
  end
end
if tonumber(routed) > 0 then
  set('routed', old(4) + routed)
  set('routed_bytes', old(5) + routed_bytes)
end
if parked ~= 0 then
  set('parked', old(14) + parked)
  set('parked_bytes', math.max(0, old(15) + parked_bytes))
end
if created > 0 then set('created', old(6) + created) end
if delivered > 0 then set('delivered', old(7) + delivered) end
if dead > 0 then
  set('dead', old(8) + dead)
  set('dead_bytes', old(10) + dead_bytes)
end
if cancelled > 0 then set('cancelled', old(9) + cancelled) end

if attempts > 0 then
  local log, start, size = tonumber(m[11] or 0), old(12), old(13)
  if log == 0 or size + log_bytes > log_limit or now - start > log_age then
    redis.call('UNLINK', prefix .. 'attempts:' .. string.format('%.0f', log - 1))
    log, start, size = log + 1, now, 0
    set('attempts_gen', log)
    set('attempts_start', start)
  end
  set('attempts_bytes', size + log_bytes)
  local key = prefix .. 'attempts:' .. string.format('%.0f', log)
  local fields, last = {}, first_attempt + attempts - 1
  for j = first_attempt, last do
    fields[#fields + 1] = 'a'
    fields[#fields + 1] = words[j]
    if #fields == 2000 or j == last then
      redis.call('XADD', key, '*', unpack(fields))
      fields = {}
    end
  end
end
if #changed > 0 then redis.call('HSET', meta, unpack(changed)) end
return 1
