#include "store/reservation_script.hpp"

#include <string>

namespace webhook::store {

namespace {

// Seen ids, much as streams keep them: two generations of buckets that grow by linear hashing (docs/design.md).
constexpr std::string_view seen_ids = R"lua(
local call, unpack_numbers, sub = redis.call, struct.unpack, string.sub
local state, prefix, record, token, lease, window, name =
  KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]
local layout, load, slack = '<dddddd', 16, 60000
local hash = sub(record, 1, 12)
local held = prefix .. 'held:' .. hash

local gen, start, len, promise, ids, prev = 0, 0, 0, 0, 0, 0
local packed = call('GET', state)
if packed then gen, start, len, promise, ids, prev = unpack_numbers(layout, packed) end

local function key(generation)
  local digit = generation % 10 + 1
  return prefix .. 'seen:' .. sub('0123456789', digit, digit)
end

-- Decides which generation is current; writes nothing. True: another one than before.
local function turn()
  local time = call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local turned = now >= start + len
  if turned then
    local next_len = math.max(window, promise)
    if gen < 0 or now >= start + len + next_len then
      gen, start, len, prev = gen + 2, now, window, 0
    else
      gen, start, len, prev = gen + 1, start + len, next_len, ids
    end
    promise, ids = window, 0
  end
  local longer = window > promise
  if longer then promise, len = window, math.max(len, window) end
  return turned, longer
end

local function find(generation, n)
  n = math.max(1, math.ceil(n / load))
  local _, e = math.frexp(n)
  local b = unpack_numbers('>I4', record) % 2 ^ e
  if b >= n then b = b - 2 ^ (e - 1) end
  local bucket = struct.pack('>I4', b)
  local records = call('HGET', key(generation), bucket) or ''
  local at = string.find(records, hash, 1, true)
  while at and at % 16 ~= 1 do at = string.find(records, hash, at + 1, true) end
  return at and sub(records, at, at + 15), bucket, records
end

local function find_any()
  local known = prev > 0 and find(gen - 1, prev)
  if known then return known end
  return find(gen, ids)
end
)lua";

constexpr std::string_view reserve_source = R"lua(
turn()
local known = find_any()
if known then return known == record and 1 or 2 end
if call('SET', held, token, 'NX', 'PX', lease) then return 0 end
return call('GET', held) == token and 0 or 3
)lua";

// An id that is confirmed late, when its reservation has run out, is remembered too: its upstream has seen it.
constexpr std::string_view confirm_source = R"lua(
if call('GET', held) == token then call('DEL', held) end
local turned, longer = turn()
local known, bucket, records = find_any()
if known then return 1 end
local current, keep = key(gen), start + 2 * len + slack
if turned then call('UNLINK', key(gen - 2), key(gen - 3)) end
call('HSET', current, bucket, records .. record)
if ids == 0 or longer then
  call('PEXPIREAT', current, keep)
  call('PEXPIREAT', key(gen - 1), start + len + slack)
  call('SET', prefix .. 'name', name, 'PXAT', keep)
end
local n = math.max(1, math.ceil(ids / load))
ids = ids + 1
if ids > n * load then
  local _, e = math.frexp(n)
  local from, size, stay, move = struct.pack('>I4', n - 2 ^ (e - 1)), 2 ^ e, {}, {}
  local all = call('HGET', current, from) or ''
  for i = 1, #all, 16 do
    local list = unpack_numbers('>I4', all, i) % size == n and move or stay
    list[#list + 1] = sub(all, i, i + 15)
  end
  call('HSET', current, from, table.concat(stay), struct.pack('>I4', n), table.concat(move))
end
call('SET', state, struct.pack(layout, gen, start, len, promise, ids, prev), 'PXAT', keep)
return 1
)lua";

// These two free memory or keep it: they run also when Redis is out of it.
constexpr std::string_view release_source = R"lua(#!lua flags=allow-oom
local held = ARGV[1] .. 'held:' .. string.sub(ARGV[2], 1, 12)
if redis.call('GET', held) == ARGV[3] then return redis.call('DEL', held) end
return 0
)lua";

constexpr std::string_view renew_source = R"lua(#!lua flags=allow-oom
local held = ARGV[1] .. 'held:' .. string.sub(ARGV[2], 1, 12)
local holder = redis.call('GET', held)
if holder and holder ~= ARGV[3] then return 0 end
redis.call('SET', held, ARGV[3], 'PX', ARGV[4])
return 1
)lua";

std::string with_seen_ids(std::string_view source) {
    return compact_script(std::string(seen_ids).append(source));
}

}  // namespace

const Script& reserve_script() {
    static const std::string text = with_seen_ids(reserve_source);
    static const Script script(text);
    return script;
}

const Script& confirm_script() {
    static const std::string text = with_seen_ids(confirm_source);
    static const Script script(text);
    return script;
}

const Script& release_script() {
    static const Script script(release_source);
    return script;
}

const Script& renew_script() {
    static const Script script(renew_source);
    return script;
}

}  // namespace webhook::store
