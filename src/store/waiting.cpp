#include "store/waiting.hpp"

namespace webhook::store {

namespace {

const Script& due_script() {
    static const Script script(R"lua(#!lua flags=no-writes
local offset, count = tonumber(ARGV[4]), tonumber(ARGV[5])
local m = redis.call('HMGET', KEYS[1], 'holder', 'epoch')
if m[1] ~= ARGV[2] or m[2] ~= ARGV[3] then return nil end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local found = {-1}
-- One more than wanted: the first that is not due yet says when to look again.
local lowest = redis.call('ZRANGE', ARGV[1] .. 'due', offset, offset + count, 'WITHSCORES')
for i = 1, #lowest, 2 do
  if tonumber(lowest[i + 1]) > now then
    found[1] = lowest[i + 1] - now
    break
  end
  if i > 2 * count then
    found[1] = 0
    break
  end
  found[#found + 1] = lowest[i]
end
return found
)lua");
    return script;
}

const Script& claim_script() {
    static const Script script(R"lua(#!lua flags=allow-oom
local meta, prefix, endpoint, count, bytes, lease = KEYS[1], ARGV[1], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
local m = redis.call('HMGET', meta, 'holder', 'epoch')
if m[1] ~= ARGV[2] or m[2] ~= ARGV[3] then return nil end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local key = prefix .. 'waiting:' .. endpoint
local found, size = {}, 0
for _, id in ipairs(redis.call('ZRANGE', key, '-inf', now, 'BYSCORE', 'LIMIT', 0, count)) do
  local entry = string.match(id, '^[^/]+')
  local more = redis.call('HSTRLEN', prefix .. 'content', entry)
  if #found > 0 and size + more > bytes then break end
  size = size + more
  found[#found + 1] = id
  found[#found + 1] = redis.call('HGET', prefix .. 'delivery', id)
  found[#found + 1] = redis.call('HGET', prefix .. 'content', entry)
  redis.call('ZADD', key, now + lease, id)
end
local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
if first[1] then
  redis.call('ZADD', prefix .. 'due', first[2], endpoint)
else
  redis.call('ZREM', prefix .. 'due', endpoint)
end
return found
)lua");
    return script;
}

const Script& end_script() {
    static const Script script(R"lua(#!lua flags=allow-oom
local meta, prefix, endpoint, reason, count = KEYS[1], ARGV[1], ARGV[4], ARGV[5], tonumber(ARGV[6])
local m = redis.call('HMGET', meta, 'holder', 'epoch')
if m[1] ~= ARGV[2] or m[2] ~= ARGV[3] then return -1 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local key, records, refs = prefix .. 'waiting:' .. endpoint, prefix .. 'delivery', prefix .. 'refs'
local ended, ended_bytes = 0, 0
for _, id in ipairs(redis.call('ZRANGE', key, 0, count - 1)) do
  local record = redis.call('HGET', records, id) or '{}'
  local bytes = tonumber(string.match(record, '"bytes":(%d+)') or 0)
  redis.call('ZREM', key, id)
  if reason ~= '' then
    local head = string.sub(record, 1, -2)
    if head ~= '{' then head = head .. ',' end
    redis.call('HSET', records, id, string.format('%s"reason":"%s","died":%.0f}', head, reason, now))
    redis.call('ZADD', prefix .. 'dead', now, id)
  else
    local entry = string.match(id, '^[^/]+')
    redis.call('HDEL', records, id)
    if redis.call('HINCRBY', refs, entry, -1) <= 0 then
      redis.call('HDEL', refs, entry)
      redis.call('HDEL', prefix .. 'content', entry)
    end
  end
  ended, ended_bytes = ended + 1, ended_bytes + bytes
end
redis.call('HINCRBY', meta, reason ~= '' and 'dead' or 'cancelled', ended)
if reason ~= '' then redis.call('HINCRBY', meta, 'dead_bytes', ended_bytes) end
local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
if first[1] then
  redis.call('ZADD', prefix .. 'due', first[2], endpoint)
  redis.call('HINCRBY', prefix .. 'waiting_bytes', endpoint, -ended_bytes)
else
  redis.call('ZREM', prefix .. 'due', endpoint)
  redis.call('HDEL', prefix .. 'waiting_bytes', endpoint)
end
return redis.call('ZCARD', key)
)lua");
    return script;
}

const Script& waiting_script() {
    static const Script script(R"lua(#!lua flags=no-writes
return redis.call('ZRANGE', KEYS[1], 0, -1)
)lua");
    return script;
}

}  // namespace

Call due_endpoints(const Ownership& owner, std::uint64_t offset, std::uint64_t count) {
    return owned_call(due_script(), owner).arg(offset).arg(count);
}

Call waiting_endpoints(const Ownership& owner) {
    return Call(waiting_script(), owner.prefix + "due");
}

Call claim(const Ownership& owner, std::string_view endpoint, std::uint64_t count, std::uint64_t bytes,
           std::chrono::milliseconds lease) {
    return owned_call(claim_script(), owner).arg(endpoint).arg(count).arg(bytes).arg(lease);
}

Call end_waiting(const Ownership& owner, std::string_view endpoint, std::string_view reason,
                 std::uint64_t count) {
    return owned_call(end_script(), owner).arg(endpoint).arg(reason).arg(count);
}

}  // namespace webhook::store
