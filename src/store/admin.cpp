#include "store/admin.hpp"

#include "store/configuration.hpp"
#include "store/keys.hpp"

namespace webhook::store {

namespace {

// An operator's changes are small and may be what makes room, so they also run when Redis is out of memory.
// ARGV: prefix, epoch and version as seen, new epoch, new key, then words: set id document | remove id |
// enable id.
const Script& change_script() {
    static const Script script(R"lua(#!lua flags=allow-oom
local meta, endpoints, disabled = KEYS[1], ARGV[1] .. 'endpoints', ARGV[1] .. 'disabled'
local m = redis.call('HMGET', meta, 'epoch', 'version')
local epoch, version = m[1] or '', m[1] and (m[2] or '0') or ''
if epoch ~= ARGV[2] or version ~= ARGV[3] then return 0 end
if epoch == '' then
  redis.call('DEL', endpoints, disabled)
  redis.call('HSET', meta, 'epoch', ARGV[4])
end
redis.call('HSETNX', meta, 'key', ARGV[5])
local i = 6
while ARGV[i] do
  if ARGV[i] == 'set' then
    redis.call('HSET', endpoints, ARGV[i + 1], ARGV[i + 2])
    i = i + 1
  else
    redis.call('HDEL', disabled, ARGV[i + 1])
    if ARGV[i] == 'remove' then redis.call('HDEL', endpoints, ARGV[i + 1]) end
  end
  i = i + 2
end
return redis.call('HINCRBY', meta, 'version', 1)
)lua");
    return script;
}

// `intake` begins with the doubles partitions and accepted (see the key table of docs/design.md).
const Script& ledger_script() {
    static const Script script(R"lua(#!lua flags=no-writes
local prefix = ARGV[1]
local waiting = 0
for _, endpoint in ipairs(redis.call('ZRANGE', prefix .. 'due', 0, -1)) do
  waiting = waiting + redis.call('ZCARD', prefix .. 'waiting:' .. endpoint)
end
local accepted, intake = 0, redis.call('GET', prefix .. 'intake')
if intake then
  local _
  _, accepted = struct.unpack('<dd', intake)
end
local m = redis.call('HMGET', KEYS[1], 'routed', 'trimmed', 'created', 'replayed', 'delivered', 'dead', 'cancelled')
return {redis.call('XLEN', prefix .. 'events'), waiting, string.format('%.0f', accepted), unpack(m, 1, 7)}
)lua");
    return script;
}

// ARGV: prefix, then for each: delivery id, how many and how many bytes of its endpoint may wait here.
const Script& replay_script() {
    static const Script script(R"lua(#!lua flags=allow-oom
local meta, prefix = KEYS[1], ARGV[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local records, dead, sizes = prefix .. 'delivery', prefix .. 'dead', prefix .. 'waiting_bytes'
local answer = {}

local function next_id(id)
  local first, n = string.match(id, '^([^/]+/[^/]+)/(%d+)$')
  return first and first .. '/' .. string.format('%.0f', n + 1) or id .. '/1'
end
local function replay(id, max_count, max_bytes)
  local text = redis.call('ZSCORE', dead, id) and redis.call('HGET', records, id)
  if not text then return 1, '' end
  local old = cjson.decode(text)
  if redis.call('HEXISTS', prefix .. 'content', old.entry) == 0 then return 2, '' end
  local waiting = prefix .. 'waiting:' .. old.endpoint
  local held = tonumber(redis.call('HGET', sizes, old.endpoint) or 0)
  if redis.call('ZCARD', waiting) >= max_count or held + old.bytes > max_bytes then return 3, '' end

  local new = next_id(id)
  redis.call('ZREM', dead, id)
  redis.call('HDEL', records, id)
  redis.call('HSET', records, new, cjson.encode({endpoint = old.endpoint, entry = old.entry, bytes = old.bytes,
    attempts = 0, created = now}))
  redis.call('ZADD', waiting, now, new)
  redis.call('ZADD', prefix .. 'due', 'LT', now, old.endpoint)
  redis.call('HINCRBY', sizes, old.endpoint, old.bytes)
  redis.call('HINCRBY', meta, 'dead_bytes', -old.bytes)
  redis.call('HINCRBY', meta, 'replayed', 1)
  return 0, new
end

for i = 2, #ARGV, 3 do
  local result, new = replay(ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]))
  answer[#answer + 1] = result
  answer[#answer + 1] = new
end
return answer
)lua");
    return script;
}

}  // namespace

Call change_configuration(const ConfigurationChange& change) {
    Call call(change_script(), config_key("meta"));
    call.arg(config_prefix).arg(change.seen_epoch).arg(change.seen_version).arg(change.new_epoch);
    call.arg(change.new_key.empty() ? new_key() : change.new_key);
    for (const auto& [id, document] : change.set)
        call.arg("set").arg(id).arg(document);
    for (const auto& id : change.remove)
        call.arg("remove").arg(id);
    for (const auto& id : change.enable)
        call.arg("enable").arg(id);
    return call;
}

Call read_ledger(std::string_view stream, unsigned partition) {
    const std::string prefix = partition_prefix(stream, partition);
    return Call(ledger_script(), prefix + "meta").arg(prefix);
}

Call replay_dead(std::string_view stream, unsigned partition, const std::vector<Replay>& replays) {
    const std::string prefix = partition_prefix(stream, partition);
    Call call(replay_script(), prefix + "meta");
    call.arg(prefix);
    for (const auto& one : replays)
        call.arg(one.delivery).arg(one.max_waiting).arg(one.max_waiting_bytes);
    return call;
}

}  // namespace webhook::store
