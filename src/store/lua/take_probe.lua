#!lua flags=allow-oom
-- Takes the next probe of an open breaker: one worker may make one attempt.
-- KEYS: meta. ARGV: prefix, epoch of the configuration, endpoint, time until the next probe (ms).
-- Reply: 0 the probe is the caller's | ms until the next probe | -1 the breaker is not open.
local meta, prefix, epoch, id, probe = KEYS[1], ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])

local text = redis.call('HGET', prefix .. 'holds', id)
if redis.call('HGET', meta, 'epoch') ~= epoch or not text then return -1 end
local hold = cjson.decode(text)
if not hold.open then return -1 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if hold['until'] > now then return hold['until'] - now end
redis.call('HSET', prefix .. 'holds', id, string.format('{"open":true,"until":%.0f}', now + probe))
redis.call('HINCRBY', meta, 'holds', 1)
return 0
