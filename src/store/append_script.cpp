#include "store/append_script.hpp"

#include <string>

#include "store/resp.hpp"

namespace webhook::store {

namespace {

constexpr std::string_view append_source = R"lua(
local events, meta = KEYS[1], KEYS[2]
local seen, partitions, share, byte_share, bytes, window, hash, body =
  ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7], ARGV[8]
local appended = ARGV[9] == nil
local load, slack = 210, 60000

-- An entry that must not stay. Its id is asked of a group made at the end: reading the entry would copy its body.
local function take_back()
  if not appended then return end
  redis.pcall('XGROUP', 'CREATE', events, 'webhook-undo', '$')
  local id
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', events)) do
    local fields = {}
    for i = 1, #group, 2 do fields[group[i]] = group[i + 1] end
    if fields['name'] == 'webhook-undo' then id = fields['last-delivered-id'] end
  end
  redis.call('XGROUP', 'DESTROY', events, 'webhook-undo')
  redis.call('XDEL', events, id)
end

local function answer(number)
  take_back()
  return number
end

-- Fails here, before anything is written, when `events` is no stream: then the XADD before us failed too.
if appended then redis.call('XLEN', events) end

local m = redis.call('HMGET', meta, 'partitions', 'accepted', 'accepted_bytes', 'routed', 'routed_bytes',
  'gen', 'gen_start', 'gen_len', 'gen_promise', 'gen_ids', 'prev_ids')
if m[1] and m[1] ~= partitions then return answer(-tonumber(m[1])) end
local accepted, accepted_bytes = tonumber(m[2] or 0), tonumber(m[3] or 0)
local backlog, backlog_bytes = accepted - tonumber(m[4] or 0), accepted_bytes - tonumber(m[5] or 0)
local full = backlog >= share or (backlog > 0 and backlog_bytes + bytes > byte_share)

local function count(...)
  if not m[1] then redis.call('HSET', meta, 'partitions', partitions) end
  redis.call('HSET', meta, 'accepted', accepted + 1, 'accepted_bytes', accepted_bytes + bytes, ...)
end

local function append()
  if appended then return 3 end
  return redis.pcall('XADD', events, '*', unpack(ARGV, 9))
end

if window == 0 then
  if full then return answer(2) end
  local id = append()
  if type(id) == 'table' and id.err then return id end
  count()
  return id
end

-- Generations of seen ids: one is current for `len` and is looked up for one length more.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local gen, start, len, promise, ids, prev = tonumber(m[6]), tonumber(m[7]), tonumber(m[8]), tonumber(m[9]),
  tonumber(m[10]), tonumber(m[11])
local turned = false

local function buckets(n) return math.max(1, math.ceil(n / load)) end
local function half(n)  -- the largest power of two that is not above n
  local _, e = math.frexp(n)
  return 2 ^ (e - 1)
end
local function key(g, bucket) return string.format('%s%d:%d', seen, g, bucket) end
local function place(h, n)  -- linear hashing
  local size = half(n)
  local b = h % (size * 2)
  if b >= n then b = b - size end
  return b
end
local function expiry() return start + 2 * len + slack end

if not gen then
  gen, start, len, promise, ids, prev, turned = 0, now, window, window, 0, 0, true
end
if now >= start + len then
  local next_len = math.max(window, promise)
  if now >= start + len + next_len then
    gen, start, len, prev = gen + 2, now, window, 0
  else
    gen, start, len, prev = gen + 1, start + len, next_len, ids
  end
  promise, ids, turned = window, 0, true
end
if window > promise then
  promise, len, turned = window, math.max(len, window), true
  for b = 0, buckets(ids) - 1 do redis.call('PEXPIREAT', key(gen, b), expiry()) end
  if prev > 0 then
    for b = 0, buckets(prev) - 1 do redis.call('PEXPIREAT', key(gen - 1, b), start + len + slack) end
  end
end

local h = struct.unpack('>I4', hash)
local function judge(known)
  if known == body then return answer(0) end
  return answer(1)
end

if prev > 0 then
  local known = redis.call('HGET', key(gen - 1, place(h, buckets(prev))), hash)
  if known then return judge(known) end
end
local bucket = key(gen, place(h, buckets(ids)))
if full then
  local known = redis.call('HGET', bucket, hash)
  if known then return judge(known) end
  return answer(2)
end
-- The empty field makes the bucket exist from its first moment on, so that it gets its expiry exactly once.
if ids == 0 then
  redis.call('HSET', bucket, '', '')
  redis.call('PEXPIREAT', bucket, expiry())
end
if redis.call('HSETNX', bucket, hash, body) == 0 then return judge(redis.call('HGET', bucket, hash)) end

local id = append()
if type(id) == 'table' and id.err then
  redis.call('HDEL', bucket, hash)
  return id
end

if turned then
  count('gen_ids', ids + 1, 'gen', gen, 'gen_start', start, 'gen_len', len, 'gen_promise', promise, 'prev_ids', prev)
else
  count('gen_ids', ids + 1)
end

-- One more bucket: half of the ids of the one that was split move over.
local n = buckets(ids)
if buckets(ids + 1) > n then
  local size = half(n)
  local from, to = key(gen, n - size), key(gen, n)
  local all, stay, move = redis.call('HGETALL', from), {'', ''}, {'', ''}
  for i = 1, #all, 2 do
    if all[i] ~= '' then
      local list = struct.unpack('>I4', all[i]) % (size * 2) == n and move or stay
      list[#list + 1], list[#list + 2] = all[i], all[i + 1]
    end
  end
  redis.call('DEL', from)
  redis.call('HSET', from, unpack(stay))
  redis.call('PEXPIREAT', from, expiry())
  redis.call('HSET', to, unpack(move))
  redis.call('PEXPIREAT', to, expiry())
end
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

redis.call('DEL', scratch)
redis.call('HSETNX', scratch, 'a', 'b')
redis.call('HSET', scratch, 'c', 'd')
redis.call('HGET', scratch, 'a')
redis.call('HGETALL', scratch)
redis.call('HDEL', scratch, 'a')
redis.call('PEXPIREAT', scratch, redis.call('TIME')[1] * 1000 + 60000)
redis.call('DEL', scratch)
local id = redis.call('XADD', scratch, '*', 'a', 'b')
redis.call('XLEN', scratch)
redis.call('XGROUP', 'CREATE', scratch, 'webhook-undo', '$')
redis.call('XINFO', 'GROUPS', scratch)
redis.call('XGROUP', 'DESTROY', scratch, 'webhook-undo')
redis.call('XDEL', scratch, id)
redis.call('DEL', scratch)
return 1
)lua";
}

}  // namespace webhook::store
