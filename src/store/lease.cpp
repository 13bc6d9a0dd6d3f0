#include "store/lease.hpp"

namespace webhook::store {

namespace {

// Scripts run also when Redis is out of memory: what they do is what frees it.
const Script& acquire_script() {
    static const Script script(R"lua(#!lua flags=allow-oom
local meta, prefix, token, epoch, lease = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local owner, events = prefix .. 'owner', prefix .. 'events'
local held = redis.call('GET', owner)
if held and held ~= token then
  -- More than a lease is left only when the clock was set back: who is alive has renewed it since.
  local left = redis.call('PTTL', owner)
  if left <= tonumber(lease) then return {0, left} end
end

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
redis.call('SET', owner, token, 'PX', lease)
return {1, floor}
)lua");
    return script;
}

const Script& renew_script() {
    static const Script script(R"lua(#!lua flags=allow-oom
local meta, prefix, token, epoch, lease = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local m = redis.call('HMGET', meta, 'holder', 'epoch')
if m[1] ~= token or m[2] ~= epoch then return 0 end
redis.call('SET', prefix .. 'owner', token, 'PX', lease)
return 1
)lua");
    return script;
}

const Script& release_script() {
    static const Script script(R"lua(#!lua flags=allow-oom
local meta, prefix, token = KEYS[1], ARGV[1], ARGV[2]
if redis.call('HGET', meta, 'holder') == token then redis.call('HDEL', meta, 'holder') end
if redis.call('GET', prefix .. 'owner') ~= token then return 0 end
return redis.call('DEL', prefix .. 'owner')
)lua");
    return script;
}

}  // namespace

Call owned_call(const Script& script, const Ownership& owner) {
    Call call(script, owner.prefix + "meta");
    call.arg(owner.prefix).arg(owner.token).arg(owner.epoch);
    return call;
}

Call acquire(const Ownership& owner) {
    return owned_call(acquire_script(), owner).arg(lease_time);
}

Call renew(const Ownership& owner) {
    return owned_call(renew_script(), owner).arg(lease_time);
}

Call release(const Ownership& owner) {
    return owned_call(release_script(), owner).arg(lease_time);
}

}  // namespace webhook::store
