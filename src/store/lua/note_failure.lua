#!lua flags=allow-oom
-- Notes a failed attempt of an endpoint, for all workers: opens its breaker, or disables it.
-- KEYS: meta. ARGV: prefix, epoch of the configuration, endpoint, 1 when the breaker counts it, 1 for a 410,
-- failures that open the breaker (0: it has none), time between probes (ms), after how long with failures
-- only the endpoint is disabled (ms, 0: never), the longest time between two attempts that counts in it (ms).
-- Reply: {0} noted | {1, ms until the first probe, number of changes of holds} the breaker is open |
-- {2, reason} the endpoint is disabled.
local meta, prefix, epoch, id = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local counts, gone, limit, probe = ARGV[4] == '1', ARGV[5] == '1', tonumber(ARGV[6]), tonumber(ARGV[7])
local disable_after, longest_gap = tonumber(ARGV[8]), tonumber(ARGV[9])
local gone_limit, gone_time = 3, 3600000

if redis.call('HGET', meta, 'epoch') ~= epoch then return {0} end
if redis.call('HEXISTS', prefix .. 'endpoints', id) == 0 then return {0} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local text = redis.call('HGET', prefix .. 'failing', id)
local known = text and cjson.decode(text) or {failures = 0, since = now, last = now, gone = {}}

-- Time in which no attempts were made does not count.
if now - known.last > longest_gap then known.since = known.since + (now - known.last) end
known.last = now
if counts then known.failures = known.failures + 1 end
if gone then
  local recent = {now}
  for _, at in ipairs(known.gone) do
    if now - at < gone_time and #recent < gone_limit then recent[#recent + 1] = at end
  end
  known.gone = recent
end

local reason
if #known.gone >= gone_limit then reason = gone_limit .. ' answers with 410 within an hour' end
if disable_after > 0 and now - known.since >= disable_after then reason = 'only failures for too long' end
if reason then
  local state = string.format('{"reason":"%s","at":%.0f}', reason, now)
  redis.call('HDEL', prefix .. 'failing', id)
  redis.call('HDEL', prefix .. 'holds', id)
  redis.call('HINCRBY', meta, 'holds', 1)
  redis.call('HINCRBY', meta, 'version', redis.call('HSETNX', prefix .. 'disabled', id, state))
  return {2, reason}
end

redis.call('HSET', prefix .. 'failing', id, cjson.encode(known))
if limit > 0 and counts and known.failures >= limit then
  redis.call('HSET', prefix .. 'holds', id, string.format('{"open":true,"until":%.0f}', now + probe))
  return {1, probe, redis.call('HINCRBY', meta, 'holds', 1)}
end
if not text then redis.call('HINCRBY', meta, 'holds', 1) end
return {0}
