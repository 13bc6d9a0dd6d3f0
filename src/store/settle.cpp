#include "store/settle.hpp"

#include <algorithm>

#include "store/resp.hpp"

namespace webhook::store {

namespace {

// ARGV: prefix token epoch from to trim_before events bytes created delivered cancelled
//       log_bytes log_limit log_age attempts, then `attempts` JSON texts, then the operations.
const Script& settle_script() {
    static const Script script(R"lua(#!lua flags=allow-oom
local meta, prefix, from, to, trim_before = KEYS[1], ARGV[1], ARGV[4], ARGV[5], ARGV[6]
local m = redis.call('HMGET', meta, 'holder', 'epoch', 'floor', 'routed', 'routed_bytes', 'created', 'delivered', 'dead',
  'cancelled', 'dead_bytes', 'attempts_gen', 'attempts_start', 'attempts_bytes')
if m[1] ~= ARGV[2] or m[2] ~= ARGV[3] then return 0 end
if to ~= '' then
  if m[3] == to then return 1 end
  if m[3] ~= from then return 0 end
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local changed = {}
local function set(field, value)
  changed[#changed + 1] = field
  changed[#changed + 1] = value
end
local function old(index) return tonumber(m[index] or 0) end

local created, delivered, cancelled = tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11])
local dead, dead_bytes = 0, 0
local content, touched, waiting_count, waiting_bytes = {}, {}, {}, {}
local records, refs, contents = prefix .. 'delivery', prefix .. 'refs', prefix .. 'content'

local function waiting(endpoint)
  local key = prefix .. 'waiting:' .. endpoint
  if not touched[endpoint] then
    touched[endpoint] = key
    waiting_count[endpoint] = redis.call('ZCARD', key)
    waiting_bytes[endpoint] = tonumber(redis.call('HGET', prefix .. 'waiting_bytes', endpoint) or 0)
  end
  return key
end
local function hold(entry)
  if redis.call('HINCRBY', refs, entry, 1) == 1 then redis.call('HSET', contents, entry, content[entry] or '') end
end
local function let_go(entry)
  if redis.call('HINCRBY', refs, entry, -1) <= 0 then
    redis.call('HDEL', refs, entry)
    redis.call('HDEL', contents, entry)
  end
end
local function enter(key, id, endpoint, bytes, due)
  redis.call('ZADD', key, due, id)
  waiting_count[endpoint] = waiting_count[endpoint] + 1
  waiting_bytes[endpoint] = waiting_bytes[endpoint] + bytes
end
local function leave(id, endpoint, bytes)
  if redis.call('ZREM', waiting(endpoint), id) == 0 then return false end
  waiting_count[endpoint] = waiting_count[endpoint] - 1
  waiting_bytes[endpoint] = waiting_bytes[endpoint] - bytes
  return true
end
local function bury(id, bytes, record, reason)
  redis.call('ZADD', prefix .. 'dead', now, id)
  redis.call('HSET', records, id, string.format('%s,"reason":"%s","died":%.0f}', record, reason, now))
  dead, dead_bytes = dead + 1, dead_bytes + bytes
end
local function dated(record) return string.format('%s,"created":%.0f', record, now) end

-- Each operation: id endpoint entry bytes record, then what is its own. Returns the index behind it.
local operation = {}
function operation.new_waiting(i, id, endpoint, entry, bytes, record)
  local key = waiting(endpoint)
  local full = waiting_count[endpoint] >= tonumber(ARGV[i + 1]) or
    waiting_bytes[endpoint] + bytes > tonumber(ARGV[i + 2])
  hold(entry)
  if full then
    bury(id, bytes, dated(record), 'overflow')
  else
    enter(key, id, endpoint, bytes, now + ARGV[i])
    redis.call('HSET', records, id, dated(record) .. '}')
  end
  return i + 3
end
function operation.new_dead(i, id, endpoint, entry, bytes, record)
  hold(entry)
  bury(id, bytes, dated(record), ARGV[i])
  return i + 1
end
function operation.delivered(i, id, endpoint, entry, bytes)
  if leave(id, endpoint, bytes) then
    redis.call('HDEL', records, id)
    let_go(entry)
    delivered = delivered + 1
  end
  return i
end
function operation.retry(i, id, endpoint, entry, bytes, record)
  local key = waiting(endpoint)
  if redis.call('ZSCORE', key, id) then
    redis.call('ZADD', key, now + ARGV[i], id)
    if record ~= '' then redis.call('HSET', records, id, record .. '}') end
  end
  return i + 1
end
function operation.dead(i, id, endpoint, entry, bytes, record)
  if leave(id, endpoint, bytes) then bury(id, bytes, record, ARGV[i]) end
  return i + 1
end
function operation.cancelled(i, id, endpoint, entry, bytes)
  if leave(id, endpoint, bytes) then
    redis.call('HDEL', records, id)
    let_go(entry)
    cancelled = cancelled + 1
  end
  return i
end

local attempts = tonumber(ARGV[15])
local i = 16 + attempts
while ARGV[i] do
  if ARGV[i] == 'content' then
    content[ARGV[i + 1]] = ARGV[i + 2]
    i = i + 3
  else
    i = operation[ARGV[i]](i + 6, ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], tonumber(ARGV[i + 4]), ARGV[i + 5])
  end
end

for endpoint, key in pairs(touched) do
  local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
  if first[1] then
    redis.call('ZADD', prefix .. 'due', first[2], endpoint)
    redis.call('HSET', prefix .. 'waiting_bytes', endpoint, waiting_bytes[endpoint])
  else
    redis.call('ZREM', prefix .. 'due', endpoint)
    redis.call('HDEL', prefix .. 'waiting_bytes', endpoint)
  end
end

if to ~= '' then
  local events = prefix .. 'events'
  local moved = redis.pcall('XGROUP', 'SETID', events, 'deliver', to)
  if moved.err then redis.pcall('XGROUP', 'CREATE', events, 'deliver', to, 'MKSTREAM') end
  set('floor', to)
  set('routed', old(4) + ARGV[7])
  set('routed_bytes', old(5) + ARGV[8])
  if trim_before ~= '' then
    redis.call('HINCRBY', meta, 'trimmed', redis.call('XTRIM', events, 'MINID', trim_before))
    set('trimmed_bytes', old(5) + ARGV[8])
  end
end
if created > 0 then set('created', old(6) + created) end
if delivered > 0 then set('delivered', old(7) + delivered) end
if dead > 0 then
  set('dead', old(8) + dead)
  set('dead_bytes', old(10) + dead_bytes)
end
if cancelled > 0 then set('cancelled', old(9) + cancelled) end

if attempts > 0 then
  local log, start, size = tonumber(m[11] or 0), old(12), old(13)
  local more = tonumber(ARGV[12])
  if log == 0 or size + more > tonumber(ARGV[13]) or now - start > tonumber(ARGV[14]) then
    redis.call('UNLINK', prefix .. 'attempts:' .. string.format('%.0f', log - 1))
    log, start, size = log + 1, now, 0
    set('attempts_gen', log)
    set('attempts_start', start)
  end
  set('attempts_bytes', size + more)
  local key = prefix .. 'attempts:' .. string.format('%.0f', log)
  local words = {}
  for j = 16, 15 + attempts do
    words[#words + 1] = 'a'
    words[#words + 1] = ARGV[j]
    if #words == 2000 or j == 15 + attempts then
      redis.call('XADD', key, '*', unpack(words))
      words = {}
    end
  end
end
if #changed > 0 then redis.call('HSET', meta, unpack(changed)) end
return 1
)lua");
    return script;
}

}  // namespace

void SettleStep::word(std::string_view value) {
    resp_bulk(value, &words_);
    ++count_;
}

void SettleStep::word(std::uint64_t value) {
    resp_number(value, &words_);
    ++count_;
}

void SettleStep::operation(std::string_view name, const DeliveryEntry& delivery) {
    word(name);
    word(delivery.id);
    word(delivery.endpoint);
    word(delivery.entry);
    word(delivery.bytes);
    word(delivery.record);
    ++operations_;
}

void SettleStep::wait(milliseconds delay) {
    word(count_of(delay));
    soonest_ = std::min(soonest_, std::max(delay, milliseconds{0}));
}

void SettleStep::content(std::string_view entry, std::string_view netstrings) {
    word("content");
    word(entry);
    word(netstrings);
}

void SettleStep::new_waiting(const DeliveryEntry& delivery, milliseconds delay, const WaitingLimit& limit) {
    operation("new_waiting", delivery);
    wait(delay);
    word(limit.count);
    word(limit.bytes);
}

void SettleStep::new_dead(const DeliveryEntry& delivery, std::string_view reason) {
    operation("new_dead", delivery);
    word(reason);
}

void SettleStep::delivered(const DeliveryEntry& delivery) {
    operation("delivered", delivery);
}

void SettleStep::retry(const DeliveryEntry& delivery, milliseconds delay) {
    operation("retry", delivery);
    wait(delay);
}

void SettleStep::dead(const DeliveryEntry& delivery, std::string_view reason) {
    operation("dead", delivery);
    word(reason);
}

void SettleStep::cancelled(const DeliveryEntry& delivery) {
    operation("cancelled", delivery);
}

void SettleStep::lease(std::string_view id, std::string_view endpoint, milliseconds delay) {
    operation("retry", DeliveryEntry{id, endpoint, {}, 0, {}});
    wait(delay);
}

void SettleStep::attempt(std::string_view json) {
    resp_bulk(json, &attempt_words_);
    attempt_bytes_ += json.size();
    ++attempts_;
}

Call SettleStep::call() const {
    Call call = owned_call(settle_script(), *owner_);
    call.arg(routed.from).arg(routed.to).arg(routed.trim_before).arg(routed.events).arg(routed.bytes);
    call.arg(routed.created).arg(routed.delivered).arg(cancelled_);
    call.arg(std::uint64_t{attempt_bytes_}).arg(attempt_log_bytes).arg(attempt_log_age);
    call.arg(std::uint64_t{attempts_}).raw(attempt_words_, attempts_).raw(words_, count_);
    return call;
}

}  // namespace webhook::store
