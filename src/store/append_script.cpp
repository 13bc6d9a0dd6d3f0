#include "store/append_script.hpp"

#include <string>

#include "store/resp.hpp"

namespace webhook::store {

namespace {

constexpr std::string_view append_source = R"lua(
local events, intake, meta = KEYS[1], KEYS[2], KEYS[3]
local seen, numbers, hash, body = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local appended = ARGV[5] == nil
local load, slack, layout = 16, 60000, '<ddddddddddd'
local partitions, share, byte_share, bytes, window = struct.unpack('<ddddd', numbers)

-- Fails here, before anything is written, when `events` is no stream: then the XADD before us failed too.
if appended then redis.call('XLEN', events) end

local of, accepted, accepted_bytes, routed, routed_bytes, gen, start, len, promise, ids, prev =
  partitions, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0
local state = redis.call('GET', intake)
if state then
  of, accepted, accepted_bytes, routed, routed_bytes, gen, start, len, promise, ids, prev = struct.unpack(layout, state)
else
  of = tonumber(redis.call('HGET', meta, 'partitions') or partitions)
  redis.call('HSET', meta, 'partitions', of)
end

-- What is routed only grows: it is read again only when the last known value says full.
local full = accepted - routed >= share or accepted_bytes + bytes - routed_bytes > byte_share
if full then
  local m = redis.call('HMGET', meta, 'routed', 'routed_bytes')
  routed, routed_bytes = tonumber(m[1] or 0), tonumber(m[2] or 0)
  full = accepted - routed >= share or (accepted > routed and accepted_bytes + bytes - routed_bytes > byte_share)
end

-- Seen ids: a hash per generation, whose fields are small buckets of 16-byte records (id hash, body hash). Buckets are
-- split one by one as the count grows (linear hashing), so that one stays near `load` to twice `load` records.
local h = struct.unpack('>I4', hash)
local function find(generation, count)
  local n = math.max(1, math.ceil(count / load))
  local _, e = math.frexp(n)
  local b = h % 2 ^ e
  if b >= n then b = b - 2 ^ (e - 1) end
  local bucket = struct.pack('>I4', b)
  local records = redis.call('HGET', seen .. generation, bucket) or ''
  local at = string.find(records, hash, 1, true)
  while at and at % 16 ~= 1 do at = string.find(records, hash, at + 1, true) end
  return at and string.sub(records, at + 12, at + 15), bucket, records
end

local verdict, bucket, records
if of ~= partitions then
  verdict = -of
elseif window > 0 then
  -- One generation is current for `len` and is looked up for one length more.
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  if now >= start + len then
    local next_len = math.max(window, promise)
    if gen < 0 or now >= start + len + next_len then
      gen, start, len, prev = gen + 2, now, window, 0
    else
      gen, start, len, prev = gen + 1, start + len, next_len, ids
    end
    promise, ids = window, 0
    redis.call('UNLINK', seen .. gen - 2, seen .. gen - 3)
  end
  if window > promise then
    promise, len = window, math.max(len, window)
    redis.call('PEXPIREAT', seen .. gen, start + 2 * len + slack)
    redis.call('PEXPIREAT', seen .. gen - 1, start + len + slack)
  end

  local known = prev > 0 and find(gen - 1, prev)
  if not known then known, bucket, records = find(gen, ids) end
  if known then verdict = known == body and 0 or 1 end
end
if not verdict and full then verdict = 2 end

if verdict then
  if appended then
    -- The entry's id is asked of a group made at the end: reading the entry would copy its body.
    local id
    redis.pcall('XGROUP', 'CREATE', events, 'webhook-undo', '$')
    for _, group in ipairs(redis.call('XINFO', 'GROUPS', events)) do
      local fields = {}
      for i = 1, #group, 2 do fields[group[i]] = group[i + 1] end
      if fields['name'] == 'webhook-undo' then id = fields['last-delivered-id'] end
    end
    redis.call('XGROUP', 'DESTROY', events, 'webhook-undo')
    redis.call('XDEL', events, id)
  end
  return verdict
end

local id = 3
if not appended then
  id = redis.pcall('XADD', events, '*', 'specversion', '1.0', 'id', ARGV[5], 'source', ARGV[6], 'type', ARGV[7],
    'time', ARGV[8], 'received', ARGV[9], 'method', ARGV[10], 'remote', ARGV[11], 'data', ARGV[12], unpack(ARGV, 13))
  if type(id) == 'table' then return id end
end

if bucket then
  redis.call('HSET', seen .. gen, bucket, records .. hash .. body)
  if ids == 0 then redis.call('PEXPIREAT', seen .. gen, start + 2 * len + slack) end
  local n = math.max(1, math.ceil(ids / load))
  ids = ids + 1
  if ids > n * load then
    local _, e = math.frexp(n)
    local from, size, stay, move = struct.pack('>I4', n - 2 ^ (e - 1)), 2 ^ e, {}, {}
    local all = redis.call('HGET', seen .. gen, from) or ''
    for i = 1, #all, 16 do
      local list = struct.unpack('>I4', all, i) % size == n and move or stay
      list[#list + 1] = string.sub(all, i, i + 15)
    end
    redis.call('HSET', seen .. gen, from, table.concat(stay), struct.pack('>I4', n), table.concat(move))
  end
end
redis.call('SET', intake, struct.pack(layout, of, accepted + 1, accepted_bytes + bytes, routed, routed_bytes, gen,
  start, len, promise, ids, prev))
return id
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
