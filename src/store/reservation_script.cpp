#include "store/reservation_script.hpp"

#include <string>

namespace webhook::store {

namespace {

// Who holds an event: under its own hash, which comes first, or under one of its alternates.
constexpr std::string_view holders = R"lua(
local call, sub = redis.call, string.sub
local state, prefix, hashes, content, token, lease, window, name =
  KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6]), ARGV[7]
local held = prefix .. 'held:' .. sub(hashes, 1, 12)

local function is_held_by_another()
  for i = 1, #hashes, 12 do
    local holder = call('GET', prefix .. 'held:' .. sub(hashes, i, i + 11))
    if holder and holder ~= token then return true end
  end
end
)lua";

// Seen ids, much as streams keep them: two generations of buckets that grow by linear hashing
// (docs/design.md).
constexpr std::string_view seen_ids = R"lua(
local unpack_numbers = struct.unpack
local layout, load, slack = '<dddddd', 16, 60000

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

local function find(generation, n, hash)
  n = math.max(1, math.ceil(n / load))
  local _, e = math.frexp(n)
  local b = unpack_numbers('>I4', hash) % 2 ^ e
  if b >= n then b = b - 2 ^ (e - 1) end
  local bucket = struct.pack('>I4', b)
  local records = call('HGET', key(generation), bucket) or ''
  local at = string.find(records, hash, 1, true)
  while at and at % 16 ~= 1 do at = string.find(records, hash, at + 1, true) end
  return at and sub(records, at + 12, at + 15), bucket, records
end

-- The content that was seen under the key or an alternate; else nothing, and the key's bucket.
local function find_any()
  local known, bucket, records
  for i = #hashes - 11, 1, -12 do
    local hash = sub(hashes, i, i + 11)
    known = prev > 0 and find(gen - 1, prev, hash)
    if known then return known end
    known, bucket, records = find(gen, ids, hash)
    if known then return known end
  end
  return nil, bucket, records
end
)lua";

constexpr std::string_view reserve_source = R"lua(
turn()
local known = find_any()
if known then return known == content and 1 or 2 end
if is_held_by_another() then return 3 end
call('SET', held, token, 'NX', 'PX', lease)
return 0
)lua";

// An id that is confirmed late, when its reservation has run out, is remembered too: its upstream has seen
// it.
constexpr std::string_view confirm_source = R"lua(
if call('GET', held) == token then call('DEL', held) end
local turned, longer = turn()
local known, bucket, records = find_any()
if known then return 1 end
local current, keep = key(gen), start + 2 * len + slack
if turned then call('UNLINK', key(gen - 2), key(gen - 3)) end
call('HSET', current, bucket, records .. sub(hashes, 1, 12) .. content)
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
constexpr std::string_view release_source = R"lua(
if call('GET', held) == token then return call('DEL', held) end
return 0
)lua";

constexpr std::string_view renew_source = R"lua(
if is_held_by_another() then return 0 end
call('SET', held, token, 'PX', lease)
return 1
)lua";

std::string with_seen_ids(std::string_view source) {
    return compact_script(std::string(holders).append(seen_ids).append(source));
}

std::string also_without_memory(std::string_view source) {
    return "#!lua flags=allow-oom\n" + compact_script(std::string(holders).append(source));
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
    static const std::string text = also_without_memory(release_source);
    static const Script script(text);
    return script;
}

const Script& renew_script() {
    static const std::string text = also_without_memory(renew_source);
    static const Script script(text);
    return script;
}

}  // namespace webhook::store
