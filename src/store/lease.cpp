#include "store/lease.hpp"

namespace webhook::store {

namespace {

// Scripts run also when Redis is out of memory: what they do is what frees it.
const Script& acquire_script() {
    static const Script script(R"lua(#!lua flags=allow-oom
local meta, prefix, token, epoch, instead_of = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local events, holder = prefix .. 'events', redis.call('HGET', meta, 'holder')
if holder and holder ~= instead_of then return {0, holder} end

local function below(id)
  local ms, seq = string.match(id, '^(%d+)-(%d+)$')
  if seq ~= '0' then return ms .. '-' .. string.format('%.0f', tonumber(seq) - 1) end
  if ms == '0' then return '0-0' end
  return string.format('%.0f', tonumber(ms) - 1) .. '-18446744073709551615'
end

local function find_group()
  if redis.call('EXISTS', events) == 0 then return nil end
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', events)) do
    local fields = {}
    for i = 1, #group, 2 do fields[group[i]] = group[i + 1] end
    if fields['name'] == 'deliver' then return fields end
  end
end

local function count_up_to(floor)
  local count, from = 0, '-'
  if floor == '0-0' then return 0 end
  while true do
    local entries = redis.call('XRANGE', events, from, floor, 'COUNT', 500)
    count = count + #entries
    if #entries < 500 then return count end
    from = '(' .. entries[#entries][1]
  end
end

local group = find_group()
local floor = redis.call('HGET', meta, 'floor')
if not floor then
  floor = '0-0'
  if group then
    floor = group['last-delivered-id']
    if group['pending'] > 0 then floor = below(redis.call('XPENDING', events, 'deliver')[2]) end
  end
  redis.call('HSET', meta, 'floor', floor, 'routed', count_up_to(floor))
end

if group and group['pending'] > 0 then
  redis.call('XGROUP', 'DESTROY', events, 'deliver')
  group = nil
end
if group then
  redis.call('XGROUP', 'SETID', events, 'deliver', floor)
else
  redis.call('XGROUP', 'CREATE', events, 'deliver', floor, 'MKSTREAM')
end
redis.call('HSET', meta, 'epoch', epoch, 'holder', token)
return {1, floor}
)lua");
    return script;
}

const Script& owned_script() {
    static const Script script(R"lua(#!lua flags=no-writes
local m = redis.call('HMGET', KEYS[1], 'holder', 'epoch', 'floor')
return m[1] == ARGV[2] and m[2] == ARGV[3] and m[3] or ''
)lua");
    return script;
}

const Script& release_script() {
    static const Script script(R"lua(#!lua flags=allow-oom
if redis.call('HGET', KEYS[1], 'holder') ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], 'holder')
)lua");
    return script;
}

}  // namespace

Call owned_call(const Script& script, const Ownership& owner) {
    Call call(script, owner.prefix + "meta");
    call.arg(owner.prefix).arg(owner.token).arg(owner.epoch);
    return call;
}

Call acquire(const Ownership& owner, std::string_view instead_of) {
    return owned_call(acquire_script(), owner).arg(instead_of);
}

Call is_owned(const Ownership& owner) {
    return owned_call(owned_script(), owner);
}

Call release(const Ownership& owner) {
    return owned_call(release_script(), owner);
}

std::string_view worker_of(std::string_view token) {
    return token.substr(0, token.rfind(':'));
}

}  // namespace webhook::store
