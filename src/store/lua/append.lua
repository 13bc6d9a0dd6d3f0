-- The step of intake, as a Redis function: judges the events that the XADDs before it, in the same MULTI,
-- appended, and takes back those that must not stay. append_library.hpp has the contract (keys, arguments,
-- reply, `intake`). append_library() adds the name and registers `step`. Comment lines
-- are not sent.

local load, least, slack, record_size, event_size, key_size = 8, 4096, 60000, 15, 28, 15
local call, floor, ceil, max, frexp, sub, find, concat, pack, unpack_numbers
local known, known_count = {}, 0

-- Only a function that runs sees these; as locals they cost a third.
local function bind()
  call, floor, ceil, max, frexp = redis.call, math.floor, math.ceil, math.max, math.frexp
  sub, find, concat, pack, unpack_numbers = string.sub, string.find, table.concat, struct.pack, struct.unpack
end

-- Generations take turns with ten keys; at most three of them exist.
local function key(s, generation)
  local digit = generation % 10 + 1
  return s.prefix .. 'seen:' .. sub('0123456789', digit, digit)
end

local function spread(ids)
  local n = max(least, ceil(ids / load))
  local _, e = frexp(n)
  return n, 2 ^ e
end

local function derive(s)
  s.current, s.previous = key(s, s.gen), s.prev > 0 and key(s, s.gen - 1)
  s.buckets, s.size = spread(s.ids)
  s.prev_buckets, s.prev_size = spread(s.prev)
end

-- State of a partition; the memory of it counts only while it is what Redis holds.
local function take(events, partitions)
  local s = known[events]
  local raw = call('GET', s and s.intake or sub(events, 1, -7) .. 'intake')
  if raw and s and s.raw == raw then return s end
  local prefix = sub(events, 1, -7)
  s = {prefix = prefix, intake = prefix .. 'intake', raw = raw}
  if raw then
    s.of, s.accepted, s.accepted_bytes, s.ids, s.routed, s.routed_bytes,
      s.gen, s.start, s.len, s.promise, s.prev = unpack_numbers('<ddddddddddd', raw)
  else
    s.accepted, s.accepted_bytes, s.ids, s.routed, s.routed_bytes = 0, 0, 0, 0, 0
    s.gen, s.start, s.len, s.promise, s.prev = -1, 0, 0, 0, 0
    s.of = tonumber(call('HGET', prefix .. 'meta', 'partitions') or partitions)
    call('HSET', prefix .. 'meta', 'partitions', s.of)
  end
  derive(s)
  if not known[events] then
    if known_count == 1000 then known, known_count = {}, 0 end
    known_count = known_count + 1
  end
  known[events] = s
  return s
end

local function save(s)
  s.rest = s.rest or pack('<ddddddd', s.routed, s.routed_bytes, s.gen, s.start, s.len, s.promise, s.prev)
  local raw = pack('<dddd', s.of, s.accepted, s.accepted_bytes, s.ids) .. s.rest
  call('SET', s.intake, raw)
  s.raw = raw
end

-- One generation is current for `len` and is looked up for one length more.
local function turn(s, now, window)
  if now >= s.start + s.len then
    local next_len = max(window, s.promise)
    if s.gen < 0 or now >= s.start + s.len + next_len then
      s.gen, s.start, s.len, s.prev = s.gen + 2, now, window, 0
    else
      s.gen, s.start, s.len, s.prev = s.gen + 1, s.start + s.len, next_len, s.ids
    end
    s.promise, s.ids = window, 0
    call('UNLINK', key(s, s.gen - 2), key(s, s.gen - 3))
  end
  if window > s.promise then
    s.promise, s.len = window, max(s.len, window)
    call('PEXPIREAT', key(s, s.gen), s.start + 2 * s.len + slack)
    call('PEXPIREAT', key(s, s.gen - 1), s.start + s.len + slack)
  end
  s.rest = nil
  derive(s)
  save(s)
end

-- `routed` only grows: it is read again only when the last known value says full. Where consumer groups are
-- registered, what counts is what they have acknowledged (see sweep.lua).
local function is_full(s, added, bytes, share, byte_share)
  local m = call('HMGET', s.prefix .. 'meta', 'routed', 'routed_bytes', 'acked', 'acked_bytes')
  s.routed, s.routed_bytes, s.rest = tonumber(m[3] or m[1] or 0), tonumber(m[4] or m[2] or 0), nil
  local accepted = s.accepted + added
  return accepted - s.routed >= share or
    (accepted > s.routed and s.accepted_bytes + bytes - s.routed_bytes > byte_share)
end

-- Seen ids: a hash per generation, whose fields are small buckets of records. Buckets are split one by one as
-- their number grows (linear hashing), so that one stays near `load` to twice `load` records. As there are at
-- least 256 buckets, the low byte of the number they are chosen by follows from the bucket and is not in the
-- record.
local function bucket(number, buckets, size)
  local b = number % size
  if b >= buckets then b = b - size / 2 end
  return pack('>I4', b)
end

local function place(records, hash)
  local at = find(records, hash, 1, true)
  while at and at % record_size ~= 1 do at = find(records, hash, at + 1, true) end
  return at
end

local function split(s)
  local n = s.buckets
  local _, e = frexp(n)
  local low, size, stay, move = n - 2 ^ (e - 1), 2 ^ e, {}, {}
  local from = pack('>I4', low)
  local all = call('HGET', s.current, from) or ''
  for i = 1, #all, record_size do
    local list = (unpack_numbers('>I3', all, i) * 256 + low % 256) % size == n and move or stay
    list[#list + 1] = sub(all, i, i + record_size - 1)
  end
  if #move > 0 then call('HSET', s.current, from, concat(stay), pack('>I4', n), concat(move)) end
  s.buckets, s.size = n + 1, n + 1 >= size and 2 * size or size
end

local function remember(s, writes, count)
  call('HSET', s.current, unpack(writes))
  if s.ids == 0 then call('PEXPIREAT', s.current, s.start + 2 * s.len + slack) end
  s.ids = s.ids + count
  while s.ids > s.buckets * load do split(s) end
end

-- Looks a key up in both generations; gives the records it is in and where. `fresh` are the buckets written
-- by this step.
local function search(s, number, hash, fresh, writes)
  local b = bucket(number, s.buckets, s.size)
  local records = fresh[b] and writes[fresh[b]] or call('HGET', s.current, b)
  local p, where = records and place(records, hash), records
  if not p and s.previous then
    where = call('HGET', s.previous, bucket(number, s.prev_buckets, s.prev_size))
    p = where and place(where, hash)
  end
  return p, where, b, records
end

-- The other keys under which an event may have been stored.
local function search_others(s, args, at, count, fresh, writes)
  for _ = 1, count do
    local number, hash = unpack_numbers('>I4c11', args, at)
    local p, where = search(s, number, hash, fresh, writes)
    if p then return p, where end
    at = at + key_size
  end
end

local function judge(s, args, at, first, last, results, share, byte_share, window)
  local room, byte_room = s.routed + share - s.accepted, s.routed_bytes + byte_share - s.accepted_bytes
  local added, added_bytes, kept, fresh, writes = 0, 0, 0, {}, {}
  for i = first, last do
    -- `others`: how many alternates follow, and 128 more where it is neither looked up nor remembered.
    local bytes, number, hash, content, others = unpack_numbers('>dI4c11c4B', args, at)
    local verdict, b, records
    at = at + event_size
    if window > 0 and others < 128 then
      local p, where
      p, where, b, records = search(s, number, hash, fresh, writes)
      if not p and others > 0 then p, where = search_others(s, args, at, others, fresh, writes) end
      if p then verdict = sub(where, p + 11, p + 14) == content and 0 or 1 end
    end
    at = at + others % 128 * key_size
    if not verdict and (added >= room or added_bytes + bytes > byte_room) and
      is_full(s, added, added_bytes + bytes, share, byte_share) then verdict = 2 end
    if not verdict then
      verdict, added, added_bytes = 3, added + 1, added_bytes + bytes
      if b then
        local w = fresh[b] or #writes + 2
        writes[w - 1], writes[w], fresh[b] = b, (records or '') .. hash .. content, w
        kept = kept + 1
      end
    end
    results[i] = verdict
  end
  if added == 0 then return end
  if kept > 0 then remember(s, writes, kept) end
  s.accepted, s.accepted_bytes = s.accepted + added, s.accepted_bytes + added_bytes
  save(s)
end

-- The id of a single entry, which may be large, is asked of a group made at the end: reading it would copy
-- its body.
local function last_id(events)
  local id
  redis.pcall('XGROUP', 'CREATE', events, 'webhook-undo', '$')
  for _, group in ipairs(call('XINFO', 'GROUPS', events)) do
    local fields = {}
    for i = 1, #group, 2 do fields[group[i]] = group[i + 1] end
    if fields['name'] == 'webhook-undo' then id = fields['last-delivered-id'] end
  end
  call('XGROUP', 'DESTROY', events, 'webhook-undo')
  return id
end

local function take_back(events, first, last, results)
  if first == last then
    call('XDEL', events, last_id(events))
    return
  end
  local entries = call('XREVRANGE', events, '+', '-', 'COUNT', last - first + 1)
  for i = first, last do
    if results[i] ~= 3 then call('XDEL', events, entries[last - i + 1][1]) end
  end
end

local function partition(events, args, at, first, last, results, now)
  local partitions, share, byte_share, window = unpack_numbers('>dddd', args)
  -- Fails before anything is remembered when `events` is no stream: then the XADDs failed too.
  call('XLEN', events)
  local s = take(events, partitions)
  if s.of ~= partitions then
    for i = first, last do results[i] = -s.of end
  else
    if window > 0 and (now >= s.start + s.len or window > s.promise) then turn(s, now, window) end
    judge(s, args, at, first, last, results, share, byte_share, window)
  end
  for i = first, last do
    if results[i] ~= 3 then return take_back(events, first, last, results) end
  end
end

local function step(keys, argv)
  if not call then bind() end
  if #keys == 0 then return {} end
  local args, time = argv[1], call('TIME')
  local now = time[1] * 1000 + floor(time[2] / 1000)
  local results, first, at = {}, 1, 33
  for k = 1, #keys do
    local count, bytes = unpack_numbers('>BI2', args, at)
    local last = first + count - 1
    local done, problem = pcall(partition, keys[k], args, at + 3, first, last, results, now)
    if not done then
      local text = type(problem) == 'table' and problem.err or tostring(problem)
      known, known_count = {}, 0
      for i = first, last do results[i] = 0 end
      if not pcall(take_back, keys[k], first, last, results) then text = 'LEFT ' .. text end
      for i = first, last do results[i] = {err = text} end
    end
    first, at = last + 1, at + 3 + bytes
  end
  return results
end
