#!lua flags=allow-oom
-- Makes waiting deliveries of an endpoint due now, the latest due first; see retry_waiting().
-- KEYS: meta. ARGV: prefix, endpoint, how many, highest score to look at ('+inf', or that of the last slice).
-- Reply: {how many were made due, score of the last of them, or ''}.
-- The new score is the time of the event, which has passed: the oldest are claimed first, however the slices
-- fell. A delivery whose attempt is running has a score, too (the end of its lease): its owner knows that it
-- runs, and does not take it a second time.
local prefix, endpoint, count, highest = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local key = prefix .. 'waiting:' .. endpoint
-- What is behind another delivery of its lane stays there.
if highest == '+inf' then highest = string.format('(%.0f', blocked) end
local found = redis.call('ZRANGE', key, highest, '(' .. string.format('%.0f', now), 'BYSCORE', 'REV',
  'LIMIT', 0, count, 'WITHSCORES')
local last = ''
for i = 1, #found, 2 do
  local created = tonumber(string.match(found[i], '^(%d+)%-')) or now
  redis.call('ZADD', key, math.min(created, now), found[i])
  last = found[i + 1]
end
if last ~= '' then index_due(prefix, endpoint) end
return {#found / 2, last}
