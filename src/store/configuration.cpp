#include "store/configuration.hpp"

#include <array>
#include <random>

#include "base/digest.hpp"
#include "store/keys.hpp"
#include "store/resp.hpp"

namespace webhook::store {

namespace {

const Script& read_script() {
    static const Script script(R"lua(#!lua flags=no-writes
local prefix = ARGV[1]
local m = redis.call('HMGET', KEYS[1], 'epoch', 'version', 'key')
if not m[1] then return {} end
local version = m[2] or '0'
if m[1] == ARGV[2] and version == ARGV[3] then return {m[1], version} end
return {m[1], version, redis.call('HGETALL', prefix .. 'endpoints'), redis.call('HGETALL', prefix .. 'disabled'), m[3] or ''}
)lua");
    return script;
}

const Script& restore_script() {
    static const Script script(R"lua(#!lua flags=allow-oom
local prefix = ARGV[1]
if redis.call('HEXISTS', KEYS[1], 'epoch') == 1 then return 0 end
redis.call('DEL', prefix .. 'endpoints', prefix .. 'disabled')
for i = 5, #ARGV, 3 do redis.call('HSET', prefix .. ARGV[i], ARGV[i + 1], ARGV[i + 2]) end
redis.call('HSET', KEYS[1], 'epoch', ARGV[2], 'version', ARGV[3], 'key', ARGV[4])
return 1
)lua");
    return script;
}

const Script& key_script() {
    static const Script script(R"lua(#!lua flags=allow-oom
redis.call('HSETNX', KEYS[1], 'key', ARGV[1])
return redis.call('HGET', KEYS[1], 'key')
)lua");
    return script;
}

/// Returns `size` random bytes as hex digits.
template <std::size_t size>
std::string random_hex() {
    std::random_device random;
    std::array<std::random_device::result_type, size / sizeof(std::random_device::result_type)> words;
    for (auto& word : words)
        word = random();
    return base::to_hex({reinterpret_cast<const char*>(words.data()), sizeof words});
}

const Script& disable_script() {
    static const Script script(R"lua(#!lua flags=allow-oom
local prefix, epoch, id, reason = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if redis.call('HGET', KEYS[1], 'epoch') ~= epoch then return 0 end
if redis.call('HEXISTS', prefix .. 'endpoints', id) == 0 then return 0 end
local time = redis.call('TIME')
local at = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
if redis.call('HSETNX', prefix .. 'disabled', id, '{"reason":"' .. reason .. '","at":' .. at .. '}') == 0 then return 0 end
redis.call('HINCRBY', KEYS[1], 'version', 1)
return 1
)lua");
    return script;
}

// The score of a worker is its mark: Redis' time, but always more than before, whatever becomes of the clock.
const Script& heartbeat_script() {
    static const Script script(R"lua(#!lua flags=allow-oom
local workers, streams, meta, id, served = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local time = redis.call('TIME')
local mark, before = time[1] * 1000 + math.floor(time[2] / 1000), redis.call('ZSCORE', workers, id)
local changed = not before
if before and mark <= tonumber(before) then mark = before + 1 end
redis.call('ZADD', workers, mark, id)
for i = 5, #ARGV, 2 do
  if redis.call('ZSCORE', workers, ARGV[i]) == ARGV[i + 1] then
    redis.call('ZREM', workers, ARGV[i])
    redis.call('HDEL', streams, ARGV[i])
  end
end

local named, all = {}, redis.call('HGETALL', streams)
for i = 1, #all, 2 do named[all[i]] = all[i + 1] end
if (named[id] or '') ~= served then
  if served ~= '' then redis.call('HSET', streams, id, served) else redis.call('HDEL', streams, id) end
  named[id] = served
  changed = true
end
if changed then redis.call('HINCRBY', meta, 'wake', 1) end
local answer, listed = {}, redis.call('ZRANGE', workers, 0, -1, 'WITHSCORES')
for i = 1, #listed, 2 do
  answer[#answer + 1] = listed[i]
  answer[#answer + 1] = listed[i + 1]
  answer[#answer + 1] = named[listed[i]] or ''
end
return answer
)lua");
    return script;
}

const Script& wake_script() {
    static const Script script(R"lua(#!lua flags=allow-oom
return redis.call('HINCRBY', KEYS[1], 'wake', 1)
)lua");
    return script;
}

const Script& leave_script() {
    static const Script script(R"lua(#!lua flags=allow-oom
redis.call('HDEL', ARGV[1], ARGV[3])
local left = redis.call('ZREM', KEYS[1], ARGV[3])
if left == 1 then redis.call('HINCRBY', ARGV[2], 'wake', 1) end
return left
)lua");
    return script;
}

}  // namespace

Call read_configuration(std::string_view known_epoch, std::string_view known_version) {
    return Call(read_script(), config_key("meta")).arg(config_prefix).arg(known_epoch).arg(known_version);
}

Call restore_configuration(const ConfigurationText& copy) {
    Call call(restore_script(), config_key("meta"));
    call.arg(config_prefix).arg(copy.epoch).arg(copy.version).arg(copy.key.empty() ? new_key() : copy.key);
    for (const auto& [id, document] : copy.endpoints)
        call.arg("endpoints").arg(id).arg(document);
    for (const auto& [id, state] : copy.disabled)
        call.arg("disabled").arg(id).arg(state);
    return call;
}

std::string new_epoch() {
    return random_hex<16>();
}

std::string new_key() {
    return random_hex<32>();
}

Call configuration_key(std::string_view fresh) {
    return Call(key_script(), config_key("meta")).arg(fresh);
}

Call disable_endpoint(std::string_view epoch, std::string_view endpoint, std::string_view reason) {
    return Call(disable_script(), config_key("meta")).arg(config_prefix).arg(epoch).arg(endpoint).arg(reason);
}

std::string read_versions() {
    return resp_command("HMGET", config_key("meta"), "epoch", "version", "wake");
}

Call wake_workers() {
    return Call(wake_script(), config_key("meta"));
}

Call heartbeat(std::string_view worker, std::string_view streams, const std::vector<WorkerMark>& forget) {
    Call call(heartbeat_script(), config_key("workers"));
    call.arg(config_key("streams")).arg(config_key("meta")).arg(worker).arg(streams);
    for (const auto& [id, mark] : forget)
        call.arg(id).arg(mark);
    return call;
}

Call leave(std::string_view worker) {
    return Call(leave_script(), config_key("workers"))
        .arg(config_key("streams"))
        .arg(config_key("meta"))
        .arg(worker);
}

}  // namespace webhook::store
