#include "store/append_script.hpp"

#include <string>

#include "store/resp.hpp"

namespace webhook::store {

namespace {

constexpr std::string_view append_source = R"lua(
local call, unpack_numbers, sub = redis.call, struct.unpack, string.sub
local numbers = ARGV[1]
local partitions, share, byte_share, window, count = unpack_numbers('<ddddd', numbers)
local appended = ARGV[3] == nil
local load, slack, layout = 16, 60000, '<ddddddddddd'

-- State of the partition at hand; see the key table for its layout.
local loaded, dirty, events, intake, prefix, current, previous
local of, accepted, accepted_bytes, routed, routed_bytes, gen, start, len, promise, ids, prev

-- Generations take turns with ten keys; at most three of them exist.
local function key(generation)
  local digit = generation % 10 + 1
  return prefix .. 'seen:' .. sub('0123456789', digit, digit)
end

-- One generation is current for `len` and is looked up for one length more.
local function turn()
  local time = call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  if now >= start + len then
    local next_len = math.max(window, promise)
    if gen < 0 or now >= start + len + next_len then
      gen, start, len, prev = gen + 2, now, window, 0
    else
      gen, start, len, prev = gen + 1, start + len, next_len, ids
    end
    promise, ids = window, 0
    call('UNLINK', key(gen - 2), key(gen - 3))
  end
  if window > promise then
    promise, len = window, math.max(len, window)
    call('PEXPIREAT', key(gen), start + 2 * len + slack)
    call('PEXPIREAT', key(gen - 1), start + len + slack)
  end
  current, previous = key(gen), prev > 0 and key(gen - 1)
end

local function save()
  if dirty then
    call('SET', intake, struct.pack(layout, of, accepted, accepted_bytes, routed, routed_bytes, gen, start, len,
      promise, ids, prev))
  end
  loaded, dirty = nil, false
end

local function take(index)
  if loaded then save() end
  events, intake = KEYS[2 * index - 1], KEYS[2 * index]
  prefix = sub(events, 1, -7)
  local state = call('GET', intake)
  if state then
    of, accepted, accepted_bytes, routed, routed_bytes, gen, start, len, promise, ids, prev =
      unpack_numbers(layout, state)
  else
    accepted, accepted_bytes, routed, routed_bytes, gen, start, len, promise, ids, prev = 0, 0, 0, 0, -1, 0, 0, 0, 0, 0
    of = tonumber(call('HGET', prefix .. 'meta', 'partitions') or partitions)
    call('HSET', prefix .. 'meta', 'partitions', of)
  end
  if window > 0 and of == partitions then turn() end
  loaded = index
end

-- What is routed only grows: it is read again only when the last known value says full.
local function is_full(bytes)
  if accepted - routed < share and accepted_bytes + bytes - routed_bytes <= byte_share then return false end
  local m = call('HMGET', prefix .. 'meta', 'routed', 'routed_bytes')
  routed, routed_bytes = tonumber(m[1] or 0), tonumber(m[2] or 0)
  return accepted - routed >= share or (accepted > routed and accepted_bytes + bytes - routed_bytes > byte_share)
end

-- Seen ids: a hash per generation, whose fields are small buckets of 16-byte records (id hash, body hash). Buckets are
-- split one by one as their number grows (linear hashing), so that one stays near `load` to twice `load` records.
local function find(generation, n, record)
  n = math.max(1, math.ceil(n / load))
  local _, e = math.frexp(n)
  local b = unpack_numbers('>I4', record) % 2 ^ e
  if b >= n then b = b - 2 ^ (e - 1) end
  local bucket = struct.pack('>I4', b)
  local records = call('HGET', generation, bucket) or ''
  local hash = sub(record, 1, 12)
  local at = string.find(records, hash, 1, true)
  while at and at % 16 ~= 1 do at = string.find(records, hash, at + 1, true) end
  return at and sub(records, at, at + 15), bucket, records
end

local function split(n)
  local _, e = math.frexp(n)
  local from, size, stay, move = struct.pack('>I4', n - 2 ^ (e - 1)), 2 ^ e, {}, {}
  local all = call('HGET', current, from) or ''
  for i = 1, #all, 16 do
    local list = unpack_numbers('>I4', all, i) % size == n and move or stay
    list[#list + 1] = sub(all, i, i + 15)
  end
  call('HSET', current, from, table.concat(stay), struct.pack('>I4', n), table.concat(move))
end

local function remember(record, bucket, records)
  call('HSET', current, bucket, records .. record)
  if ids == 0 then call('PEXPIREAT', current, start + 2 * len + slack) end
  local n = math.max(1, math.ceil(ids / load))
  ids = ids + 1
  if ids > n * load then split(n) end
end

-- The entry's id is asked of a group made at the end: reading the entry would copy its body.
local function take_back()
  local id
  redis.pcall('XGROUP', 'CREATE', events, 'webhook-undo', '$')
  for _, group in ipairs(call('XINFO', 'GROUPS', events)) do
    local fields = {}
    for i = 1, #group, 2 do fields[group[i]] = group[i + 1] end
    if fields['name'] == 'webhook-undo' then id = fields['last-delivered-id'] end
  end
  call('XGROUP', 'DESTROY', events, 'webhook-undo')
  call('XDEL', events, id)
end

local function step(index, bytes, others, at)
  if loaded ~= index then take(index) end
  -- Fails before anything is written when `events` is no stream: then the XADD before us failed too.
  if appended then call('XLEN', events) end
  local record, verdict, known, bucket, records = ARGV[at], nil, false, nil, nil
  if of ~= partitions then
    verdict = -of
  elseif window > 0 then
    if previous then known = find(previous, prev, record) end
    if not known then known, bucket, records = find(current, ids, record) end
    if known then verdict = known == record and 0 or 1 end
  end
  if not verdict and is_full(bytes) then verdict = 2 end
  if verdict then
    if appended then take_back() end
    return verdict
  end
  local id = 3
  if not appended then
    id = call('XADD', events, '*', 'specversion', '1.0', 'id', ARGV[at + 1], 'source', ARGV[at + 2],
      'type', ARGV[at + 3], 'time', ARGV[at + 4], 'received', ARGV[at + 5], 'method', ARGV[at + 6],
      'remote', ARGV[at + 7], 'data', ARGV[at + 8], unpack(ARGV, at + 9, at + 8 + 2 * others))
  end
  if bucket then remember(record, bucket, records) end
  accepted, accepted_bytes, dirty = accepted + 1, accepted_bytes + bytes, true
  return id
end

local results, at = {}, 2
for i = 1, count do
  local index, bytes, others = unpack_numbers('<ddd', numbers, 17 + 24 * i)
  local done, result = pcall(step, index, bytes, others, at)
  if not done and type(result) ~= 'table' then result = {err = result} end
  results[i] = result
  at = at + 9 + 2 * others
end
if loaded then save() end
return results
)lua";

}  // namespace

std::string_view append_script() {
    static const std::string script = compact_script(append_source);
    return script;
}

std::string_view prepare_script() {
    return R"lua(
local events, meta, scratch = KEYS[1], KEYS[2], KEYS[3]
local m = redis.call('HMGET', meta, 'partitions', 'floor')
if m[1] and m[1] ~= ARGV[1] then return -tonumber(m[1]) end
if not m[1] then redis.call('HSET', meta, 'partitions', ARGV[1]) end

local made = redis.pcall('XGROUP', 'CREATE', events, 'deliver', m[2] or '0', 'MKSTREAM')
if made.err and not string.find(made.err, '^BUSYGROUP') then return made end

redis.call('UNLINK', scratch)
redis.call('SET', scratch, 'a')
redis.call('GET', scratch)
redis.call('UNLINK', scratch)
redis.call('HSET', scratch, 'a', 'b')
redis.call('HGET', scratch, 'a')
redis.call('PEXPIREAT', scratch, redis.call('TIME')[1] * 1000 + 60000)
redis.call('UNLINK', scratch)
local id = redis.call('XADD', scratch, '*', 'a', 'b')
redis.call('XLEN', scratch)
redis.call('XGROUP', 'CREATE', scratch, 'webhook-undo', '$')
redis.call('XINFO', 'GROUPS', scratch)
redis.call('XGROUP', 'DESTROY', scratch, 'webhook-undo')
redis.call('XDEL', scratch, id)
redis.call('UNLINK', scratch)
return 1
)lua";
}

}  // namespace webhook::store
